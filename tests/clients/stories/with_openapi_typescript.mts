// A patient's first steps and mistakes, by the types of openapi-typescript.

import createClient from "openapi-fetch";
import type { components, paths } from "./generated.d.ts";

type Problem = components["schemas"]["Problem"];

const server = process.argv[2];
const nobody = createClient<paths>({ baseUrl: server });
const password = "violet-Harbour-29-lamp";
const patient = {
  username: "clara",
  email: "clara@example.org",
  password,
  password_confirm: password,
  user_type: "PATIENT" as const,
  first_name: "Clara",
  last_name: "Meyer",
};
const problems: object[] = [];

// Note what a client knows of a problem.
function note(problem: Problem | undefined): void {
  if (problem === undefined) throw new Error("no problem");
  const { status, code, errors = [] } = problem;
  problems.push({ status, code, fields: errors.map((fault) => fault.field) });
}

function known<Answer>(answer: Answer | undefined): Answer {
  if (answer === undefined) throw new Error("no answer");
  return answer;
}

const mistyped = { ...patient, password_confirm: "x" };
note((await nobody.POST("/api/auth/register/", { body: mistyped })).error);

const registered = await nobody.POST("/api/auth/register/", { body: patient });
const signedIn = known(registered.data);
const headers = { Authorization: `Bearer ${signedIn.tokens.access}` };
const clara = createClient<paths>({ baseUrl: server, headers });

const created = await clara.POST("/api/health-records/", {
  body: {
    record_type: "CHECKUP",
    title: "Yearly check-up",
    visit_date: "2026-03-02T09:30:00Z",
  },
});
const page = await clara.GET("/api/health-records/");

const wrong = { username: "clara", password: "not-my-password" };
note((await nobody.POST("/api/auth/login/", { body: wrong })).error);
note((await nobody.GET("/api/health-records/")).error);
const params = { path: { record_id: crypto.randomUUID() } };
note((await clara.GET("/api/health-records/{record_id}/", { params })).error);

const told = {
  user_type: signedIn.user.user_type,
  title: known(created.data).title,
  listed: known(page.data).results.map((record) => record.title),
  problems,
};
console.log(JSON.stringify(told));
