import type { Actor, Principal } from '#contract/permissions';

/** Who the timeline says did it. A kiosk or a key acts for nobody, so it is the system that did it, under its id. */
export const actorOf = (principal: Principal): Actor =>
  principal.kind === 'user'
    ? { kind: 'user', id: principal.id, name: principal.name }
    : { kind: 'system', id: `${principal.kind}:${principal.id}` };
