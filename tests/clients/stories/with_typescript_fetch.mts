// A patient's first steps and mistakes, by openapi-generator's client for TypeScript.

import {
  AuthApi,
  Configuration,
  HealthRecordsApi,
  ProblemFromJSON,
  ResponseError,
} from "./generated/index.js";

const basePath = process.argv[2];
const nobody = new Configuration({ basePath });
const password = "violet-Harbour-29-lamp";
const patient = {
  username: "clara",
  email: "clara@example.org",
  password,
  passwordConfirm: password,
  userType: "PATIENT" as const,
  firstName: "Clara",
  lastName: "Meyer",
};
const problems: object[] = [];

// Note what a client knows of the problem that comes of it.
async function note(asked: Promise<unknown>): Promise<void> {
  const error = await asked.catch((reason: unknown) => reason);
  if (!(error instanceof ResponseError)) throw new Error("no problem");
  const { status, code, errors = [] } = ProblemFromJSON(await error.response.json());
  problems.push({ status, code, fields: errors.map((fault) => fault.field) });
}

const anonymous = new AuthApi(nobody);
const mistyped = { ...patient, passwordConfirm: "x" };
await note(anonymous.register({ registrationRequest: mistyped }));

const signedIn = await anonymous.register({ registrationRequest: patient });
const accessToken = signedIn.tokens.access;
const records = new HealthRecordsApi(new Configuration({ basePath, accessToken }));

const recordInputRequest = {
  recordType: "CHECKUP" as const,
  title: "Yearly check-up",
  visitDate: new Date("2026-03-02T09:30:00Z"),
};
const record = await records.createRecord({ recordInputRequest });
const page = await records.listRecords({});

const loginRequest = { username: "clara", password: "not-my-password" };
await note(anonymous.login({ loginRequest }));
await note(new HealthRecordsApi(nobody).listRecords({}));
await note(records.readRecord({ recordId: crypto.randomUUID() }));

const told = {
  user_type: signedIn.user.userType,
  title: record.title,
  listed: page.results.map((each) => each.title),
  problems,
};
console.log(JSON.stringify(told));
