import type { ErrorCode } from '#contract/errors';
import type { Principal } from '#contract/permissions';

/** What the sockets need to know of people; `server/people` fits. */
export interface RealtimePeople {
  authenticateHandshake(handshake: {
    headers: { authorization?: string | undefined; cookie?: string | undefined };
    auth: unknown;
  }): Promise<Principal | null>;
  /** The principal as it is now, ≤ 1 s old; null when its session has ended. */
  confirm(principal: Principal): Promise<Principal | null>;
  /** Its person is here; call the result when the socket is gone. */
  watch(principal: Principal): () => void;
  onRevoked(listener: (revocation: { principalId: string; sessionId: string | null }) => void): () => void;
  recordRefusal?(refusal: {
    principal: Principal | null;
    code: ErrorCode;
    method: string;
    route: string;
    ip: string;
    requestId: string;
  }): void;
}
