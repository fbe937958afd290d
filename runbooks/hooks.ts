import { readFileSync } from 'node:fs';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { parse } from 'yaml';
import { AppError } from '#contract/errors';
import { SECRET_PATTERN } from '../server/outbound/domain/sign.ts';

const HooksFile = Type.Object(
  {
    hooks: Type.Record(
      Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$' }),
      Type.Object(
        {
          url: Type.String({ minLength: 1, maxLength: 2_000 }),
          /** The present secret first; during a change also the one before. */
          secrets: Type.Array(Type.String({ pattern: SECRET_PATTERN }), { minItems: 1, maxItems: 2 }),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);
/** A place that actions call. Its address and secret stay on the server: no reply, log or timeline entry has them. */
export type Hook = Static<typeof HooksFile>['hooks'][string];
export type Hooks = ReadonlyMap<string, Hook>;

/**
 * Reads HOOKS_FILE, YAML: `hooks: {scale_payment_callbacks: {url: https://…, secrets: [whsec_…]}}`.
 * @param path - null: no hook is set up, every webhook action says so
 * @throws {AppError} `config_invalid`, without showing what the file holds
 */
export function loadHooks(path: string | null): Hooks {
  if (path === null) return new Map();
  let value: unknown;
  try {
    value = parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new AppError('config_invalid', `HOOKS_FILE ${path} cannot be read as YAML`, { cause });
  }
  if (!Value.Check(HooksFile, value)) {
    const where = [...Value.Errors(HooksFile, value)][0]?.instancePath ?? '';
    throw new AppError(
      'config_invalid',
      `HOOKS_FILE ${path}: ${where || 'it'} is not as hooks: {name: {url, secrets}}`,
    );
  }
  return new Map(Object.entries(value.hooks));
}
