import { readConfig } from './config.ts';
import { say } from './run-progress.ts';
import { failStart, pinoLog, runServer } from './run-server.ts';

/** `npm start`: the server alone, configured by the environment (README, "Configuration"). JSON lines on standard output. */
try {
  const config = readConfig(process.env);
  await runServer({
    config,
    createLog: () => pinoLog(config.logLevel),
    started: async (server, url) => {
      say(`Campaign War Room · ${server.campaign.instance} · ${url}`);
      if (!config.secureCookies) say('not encrypted: INSECURE_HTTP=1 is set, and every screen says so');
      for (const warning of server.warnings) say(`warning: ${warning}`);
      const link = await server.people.firstAdminLink(url);
      if (link !== null) say(`First start: open this link once to become the administrator\n  ${link}`);
      return async () => undefined;
    },
  });
} catch (error) {
  failStart(error);
}
