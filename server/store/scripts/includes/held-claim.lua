-- Fencing for what a held claim guards: a write of a holder that froze and lost the claim is refused. Needs redis-time.
-- key: hash of the claim; holder and version: what hold-claim answered. Returns true while that claim is the valid one.
local function claimIsHeld(key, holder, version)
  local kept = redis.call('HMGET', key, 'holder', 'version', 'untilMs')
  return kept[1] == holder and kept[2] == version and tonumber(kept[3]) > redisNowMs()
end
