-- Registers: `add` is an integer addition; otherwise the larger (revision, id) of one instant stays, in any order.
for _ = 1, takeNumber() do
  local key, op, field, revision, id, value = KEYS[7 + sliceCount + takeNumber()], take(), take(), take(), take(), take()
  if op == 'add' then
    redis.call('HINCRBY', key, field, value)
  else
    local before = redis.call('HGET', key, field)
    local wins = true
    if before then
      local oldRevision, oldId = string.match(before, '^(%d+) (%S+) ')
      local a, b = tonumber(revision), tonumber(oldRevision)
      wins = a > b or (a == b and id > oldId)
    end
    if wins then redis.call('HSET', key, field, revision .. ' ' .. id .. ' ' .. value) end
  end
end
