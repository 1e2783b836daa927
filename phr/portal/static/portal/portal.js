// What the portal's pages do beyond links and forms. All of them work without it.
"use strict";
