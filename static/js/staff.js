// After signing out, or handing the device over, going back must not bring up what staff had open before.
"use strict";
addEventListener("pageshow", event => { if (event.persisted) location.reload(); });
