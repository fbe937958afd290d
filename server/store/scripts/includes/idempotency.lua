-- Idempotency inside the caller's atomic step: the command's effect and its kept reply appear together or not at all.
-- key: hash of one (principal, route, Idempotency-Key): `print` fingerprint of the body, `reply` what was answered
-- findReply returns nil for a new command, else what the script must return: { 'replay', reply } or { 'mismatch', '' }
local function findReply(key, print)
  local kept = redis.call('HMGET', key, 'print', 'reply')
  if not kept[1] then return nil end
  if kept[1] ~= print then return { 'mismatch', '' } end
  return { 'replay', kept[2] }
end
local function keepReply(key, print, keepMs, reply)
  redis.call('HSET', key, 'print', print, 'reply', reply)
  redis.call('PEXPIRE', key, keepMs)
  return { 'done', reply }
end
