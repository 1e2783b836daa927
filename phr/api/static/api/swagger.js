"use strict";
// "Authorize" lasts for the tab, reloads included. sessionStorage ends with the tab;
// Swagger UI's own persistAuthorization would leave the token in localStorage for good.

const KEPT = "swagger.authorized";
const authorized = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
ui.authActions.restoreAuthorization({ authorized });

ui.getStore().subscribe(() => {
  const now = ui.getState().getIn(["auth", "authorized"]);
  sessionStorage.setItem(KEPT, JSON.stringify(now ?? {}));
});
