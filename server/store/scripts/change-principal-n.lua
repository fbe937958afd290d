-- Change a person; with a reason, end all sessions, links and sockets of before (the epoch rises) and issue new credentials.
-- KEYS[1] principal hash; KEYS[2] set of admins who can sign in; KEYS[3] control stream
-- KEYS[4..6] timeline: seq, epoch, stream; KEYS[7..n] credential hashes
-- ARGV[1] id; ARGV[2] epoch it was read at; ARGV[3] fields to set; ARGV[4] '1' is an admin who can sign in, '0' is not
-- ARGV[5] reason, '' keeps sessions; ARGV[6] entry body; ARGV[7] new timeline epoch; then for each credential: fields, life in ms
-- Returns the new epoch, -1 no such person, -2 changed by somebody else since it was read, -3 would leave no admin
-- @include principal
-- @include append-timeline
local epoch = redis.call('HGET', KEYS[1], 'epoch')
if not epoch then return -1 end
if epoch ~= ARGV[2] then return -2 end
if ARGV[4] == '1' then
  redis.call('SADD', KEYS[2], ARGV[1])
elseif redis.call('SISMEMBER', KEYS[2], ARGV[1]) == 1 then
  if redis.call('SCARD', KEYS[2]) == 1 then return -3 end
  redis.call('SREM', KEYS[2], ARGV[1])
end
setFields(KEYS[1], ARGV[3])
if ARGV[5] ~= '' then
  epoch = string.format('%.0f', redis.call('HINCRBY', KEYS[1], 'epoch', 1))
  tellRevoked(KEYS[3], ARGV[1], '', ARGV[5])
end
for index = 7, #KEYS do
  local at = 8 + 2 * (index - 7)
  setCredential(KEYS[index], ARGV[at], epoch, ARGV[at + 1])
end
appendTimeline(4, ARGV[6], ARGV[7])
return tonumber(epoch)
