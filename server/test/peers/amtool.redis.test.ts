import { describe, expect, it } from 'vitest';
import { until } from '../people.ts';
import { wholeServer } from '../whole-server.ts';
import { AMTOOL, folderWith, runTool, titled } from './peer-processes.ts';

describe.skipIf(AMTOOL === null)(titled('amtool', AMTOOL), () => {
  it('[AM51] adds, lists and ends alerts; adds, queries, changes and expires silences; reads the routes', {
    timeout: 90_000,
  }, async () => {
    const server = await wholeServer();
    const { token } = server.access.roles.oncall;
    const folder = folderWith({
      'bearer.yml': JSON.stringify({ authorization: { credentials: token } }),
      'basic.yml': JSON.stringify({ basic_auth: { username: 'oncall', password: token } }),
      'wrong.yml': JSON.stringify({ basic_auth: { username: 'oncall', password: 'x' } }),
    });
    const amtool = (args: string, how = 'bearer') =>
      runTool(
        AMTOOL ?? '',
        [
          `--alertmanager.url=${server.url}`,
          `--http.config.file=${how}.yml`,
          ...(args.match(/'[^']*'|\S+/g) ?? []).map((arg) => arg.replaceAll("'", '')),
        ],
        folder,
      );
    const ok = async (args: string, how?: string): Promise<string> => {
      const { code, output } = await amtool(args, how);
      expect(output, `amtool ${args}`).not.toMatch(/error|Warning/);
      expect(code, `amtool ${args}: ${output}`).toBe(0);
      return output;
    };
    const json = async (args: string) => JSON.parse(await ok(`-o json ${args}`));

    await ok(
      "alert add TestDiskFull severity=warning node=web-1 '--annotation=summary=nearly full' --generator-url=http://here/x",
    );
    expect(await json('alert query alertname=TestDiskFull')).toMatchObject([
      {
        labels: { alertname: 'TestDiskFull', severity: 'warning', node: 'web-1' },
        annotations: { summary: 'nearly full' },
        receivers: [{ name: 'nobody' }],
        status: { state: 'active' },
      },
    ]);
    expect(await ok('alert query TestDiskFull')).toMatch(
      /TestDiskFull +2026.* nearly full +active|TestDiskFull .*nearly full/,
    );
    expect(await json("alert query 'node=~web-[0-9]+' severity!=critical")).toHaveLength(1);

    const id = (
      await ok("silence add --duration=30m '--comment=change 17' alertname=TestDiskFull 'node=~web-.*'")
    ).trim();
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(await json('silence query')).toMatchObject([
      {
        id,
        status: { state: 'active' },
        comment: 'change 17',
        matchers: [{ name: 'alertname' }, { name: 'node', isRegex: true }],
      },
    ]);
    expect(await json('silence query alertname=TestDiskFull')).toHaveLength(1);
    expect(await json('silence query alertname=Other')).toHaveLength(0);
    const mine = async (args: string): Promise<number> =>
      (await json(`alert query ${args} alertname=TestDiskFull`)).length;
    expect(await mine('')).toBe(0); // by default amtool asks for what is neither silenced nor inhibited
    expect(await mine('-s')).toBe(1);
    expect((await ok(`silence update --duration=2h '--comment=longer' ${id}`)).trim()).toContain(id);
    expect((await json('silence query'))[0]).toMatchObject({ id, comment: 'longer' });
    await ok(`silence expire ${id}`, 'basic');
    expect(await json('silence query')).toEqual([]);
    expect(await json('silence query --expired')).toHaveLength(1);
    await until(async () => (await mine('')) === 1);
    await ok(`silence expire ${id}`); // once more: nothing happens

    await ok(
      `alert add TestDiskFull severity=warning node=web-1 --start=2026-01-01T00:00:00Z --end=2026-01-01T00:00:01Z`,
    );
    expect(await mine('')).toBe(0);

    const refused = async (args: string, want: RegExp, how?: string): Promise<void> => {
      const { code, output } = await amtool(args, how);
      expect(output, `amtool ${args}`).toMatch(want);
      expect(code).not.toBe(0);
    };
    await refused(
      "silence add --duration=720h '--comment=for ever' alertname=X",
      /silence invalid: it lasts longer than 24 h/,
    );
    await refused(
      "silence add '--comment=all' 'alertname=~.*'",
      /at least one matcher must not match the empty string/,
    );
    await refused('silence expire 6b1a1d8a-0000-4000-8000-000000000000', /404|not found/);
    await refused('alert query', /401/, 'wrong');

    expect(await ok('config routes show')).toMatch(/tier="red".*receiver: console/);
    expect((await ok('config routes test tier=orange')).trim()).toBe('console');
    expect((await ok('config routes test tier=yellow')).trim()).toBe('nobody');
    const { body } = await server.ask('GET', '/api/v2/status');
    const checked = await runTool(
      AMTOOL ?? '',
      ['check-config', `${folderWith({ 'am.yml': body.config.original })}/am.yml`],
      folder,
    );
    expect(checked.output).toMatch(/SUCCESS/);
  });
});
