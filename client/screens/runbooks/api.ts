import type { CommandReply, Preview, RunbookReply, RunbooksReply, RunReply, RunsReply } from '#contract/runbooks';
import { post } from '../../net/command.ts';
import { requestJson } from '../../net/http.ts';

const part = encodeURIComponent;
export const getRunbooks = (): Promise<RunbooksReply> => requestJson('/api/v1/runbooks');
export const getRunbook = (id: string): Promise<RunbookReply> => requestJson(`/api/v1/runbooks/${part(id)}`);
export const getRuns = (): Promise<RunsReply> => requestJson('/api/v1/runs');
export const getRun = (id: string): Promise<RunReply> => requestJson(`/api/v1/runs/${part(id)}`);

export const startRun = (body: { runbook?: string; alertId?: string; drill?: boolean }): Promise<CommandReply> =>
  post('/runs', body);
export const stepCommand = (run: string, n: number, verb: string, body: object): Promise<CommandReply> =>
  post(`/runs/${part(run)}/steps/${n}/${verb}`, body);
export const abortRun = (run: string, reason: string): Promise<CommandReply> =>
  post(`/runs/${part(run)}/abort`, { reason });
export const dryRun = async (run: string, n: number, undo: boolean): Promise<Preview> =>
  (await post<{ preview: Preview }>(`/runs/${part(run)}/steps/${n}/execute`, { dryRun: true, undo })).preview;
