import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { AppError } from '#contract/errors';
import { VIEW_POLICY, VIEWS, type ViewId } from '#contract/frames';
import type { RecordedHoursReply, RecordingReply } from '#contract/screens';
import { enforcePolicy } from '../http/policy.ts';
import type { RecordedFrame } from '../room/recorder.ts';

export interface RecordingRouteDeps {
  readonly recorder: {
    read(view: ViewId, atMs: number): Promise<RecordedFrame>;
    hours(view: ViewId): Promise<readonly number[]>;
  };
}

const Query = Type.Object(
  {
    view: Type.Enum([...VIEWS]),
    at: Type.Optional(Type.String({ pattern: '^\\d{13}$', description: 'ms since the Unix epoch' })),
  },
  { additionalProperties: false },
);

/**
 * `GET /api/v1/recordings?view=&at=` gives the frame as it was shown at that second; without `at`, the hours there are.
 * A view's recording demands what the view demands. A second without a frame is 404 with `previousAt`.
 */
export const recordingRoutes: FastifyPluginAsyncTypebox<RecordingRouteDeps> = async (app, { recorder }) => {
  app.get(
    '/api/v1/recordings',
    { config: { policy: 'recordings.read' }, schema: { querystring: Query } },
    async ({ query, principal }): Promise<RecordingReply | RecordedHoursReply> => {
      const { view } = query;
      enforcePolicy(VIEW_POLICY[view], principal);
      if (query.at === undefined) return { view, hoursMs: await recorder.hours(view) };
      const atMs = Math.floor(Number(query.at) / 1_000) * 1_000;
      const { frame, previousAtMs } = await recorder.read(view, atMs);
      if (frame === null) {
        throw new AppError('not_found', 'this node recorded no frame at that second', {
          extra: { previousAt: previousAtMs },
        });
      }
      return { view, atMs, frame };
    },
  );
};
