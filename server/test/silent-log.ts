/** A log that says nothing, for parts under test that need one. */
export const silentLog = { info: () => undefined, warn: () => undefined, error: () => undefined };
