-- What apply-money answers and writes besides lines: see there for KEYS. Needs all money includes, due-work, append-timeline.
local STICKY = { campaign_closed = true, insufficient_available = true }
local function numberOr(value) return type(value) == 'string' and value or value and text(value) or '' end
-- A sticky refusal is kept: the same key never succeeds, whatever happens to the money later.
local function refused(code, number, limit, asked, untilMs, account, more)
  if STICKY[code] and ARGV[2] ~= '' and ARGV[5] ~= 'dry' then
    keepReply(KEYS[22], ARGV[2], ARGV[3], '{"refused":"' .. code .. '","account":"' .. (account or '') .. '","limit":"'
      .. numberOr(limit) .. '","asked":"' .. numberOr(asked) .. '"}')
  end
  return { 'refused', code, number, numberOr(limit), numberOr(asked), numberOr(untilMs), numberOr(more) }
end
-- All guards, met or not, and the rows before and after: what a preview shows.
local function judgeAll(plan)
  local answer = { guards = {}, rows = {} }
  for i, guard in ipairs(plan.guards) do
    local met, limit, asked, untilMs, exposure = guards[guard[1]](guard)
    answer.guards[i] = { met and '1' or '0', numberOr(limit), numberOr(asked), numberOr(untilMs), numberOr(exposure) }
  end
  for _, one in ipairs(touched) do
    local was, at = {}, {}
    for i = 1, 6 do was[i], at[i] = text(one.was[i]), text(one.at[i]) end
    answer.rows[#answer.rows + 1] = { one.id, was, at, rail(one.id, 'version') or '0' }
  end
  return { 'dry', cjson.encode(answer) }
end
-- One entry a minute: its first change is the one that a day later says what there was.
local function notePast(one)
  local list, last = {}, nil
  for _, past in ipairs(pastOf(one.id)) do list[#list + 1], last = text(past[1]) .. ':' .. text(past[2]), past[1] end
  if not last or math.floor(last / 60000) ~= math.floor(now / 60000) then list[#list + 1] = text(now) .. ':' .. text(one.was[5]) end
  redis.call('HSET', KEYS[23], one.id, table.concat(list, ' '))
end
local function writePlan(plan)
  local nowText = text(now)
  if #plan.entries > 0 then writeLines(plan.entries, plan.id, nowText) end
  for _, one in ipairs(plan.empty and {} or touched) do -- what it opens with is no raise
    if one.at[5] ~= one.was[5] and string.sub(one.id, 1, 5) == 'chan:' then notePast(one) end
  end
  redis.call('HINCRBY', KEYS[1], 'revision', 1)
  for _, one in ipairs(plan.rails) do -- set or add
    if one[1] == 'add' then redis.call('HINCRBY', KEYS[5], one[2], one[3])
    elseif one[3] == '' then redis.call('HDEL', KEYS[5], one[2])
    else redis.call('HSET', KEYS[5], one[2], one[3]) end
  end
  for _, one in ipairs(plan.sums) do
    local key = KEYS[tonumber(one[2])]
    if one[1] == 'cut' then redis.call('ZREM', key, one[3])
    else
      redis.call('ZREMRANGEBYSCORE', key, '-inf', text(now - 86400000))
      redis.call('ZADD', key, nowText, one[3])
      redis.call('PEXPIRE', key, 90000000)
    end
  end
  for _, one in ipairs(plan.freezes) do -- { key of frozen, end or '' to lift } and { '', id, JSON or '' }
    if one[1] == '' and one[3] == '' then redis.call('HDEL', KEYS[7], one[2])
    elseif one[1] == '' then redis.call('HSET', KEYS[7], one[2], one[3])
    elseif one[2] == '' then redis.call('HDEL', KEYS[6], one[1])
    else redis.call('HSET', KEYS[6], one[1], one[2]) end
  end
  for _, move in ipairs(plan.moves) do
    redis.call('HSET', KEYS[8], move.id, move.json)
    redis.call('HSET', KEYS[9], move.id, move.version)
    redis.call('ZADD', KEYS[10], move.at, move.id)
  end
  for _, id in ipairs(plan.answered) do redis.call('ZREM', KEYS[12], id) end
  for _, one in ipairs(plan.commands) do
    local seq = text(redis.call('HINCRBY', KEYS[1], 'commandSeq', 1))
    local target = text(redis.call('HINCRBY', KEYS[5], 'chan:' .. one.channel .. '|target', one.delta))
    redis.call('HSET', KEYS[11], one.id, one.head .. ',"targetMinor":' .. target .. ',"seq":' .. seq .. '}')
    redis.call('ZADD', KEYS[12], seq, one.id)
    -- as scheduleDue, whose three keys are neighbours; here the queue is the third of four
    local field = 'budget.outbox|' .. one.channel
    redis.call('HSET', KEYS[16], field, '{}')
    redis.call('HDEL', KEYS[17], field)
    redis.call('ZADD', KEYS[20], now, one.channel)
  end
  for _, one in ipairs(plan.due) do -- op, number of the queue, field, id, due time
    local queue = KEYS[17 + tonumber(one[2])]
    redis.call('HDEL', KEYS[17], one[3])
    if one[1] == 'set' then
      redis.call('HSET', KEYS[16], one[3], '{}')
      redis.call('ZADD', queue, one[5], one[4])
    else
      redis.call('HDEL', KEYS[16], one[3])
      redis.call('ZREM', queue, one[4])
    end
  end
  for _, body in ipairs(plan.timeline) do appendTimeline(13, body, ARGV[4]) end
end
