-- Change alerts: each one's record, history, timeline entries and due work in one step, each under its own version. An alert
-- whose version moved on meanwhile is left alone and comes back as it is; the others are written.
-- KEYS[1] claim of the rules; KEYS[2] records; KEYS[3] versions; KEYS[4] fingerprint to id of what is open; KEYS[5..7] alert
-- stream: seq, epoch, stream; KEYS[8..10] timeline; KEYS[11..13] due notify; KEYS[14..16] due escalate; KEYS[17..19] due ack
-- expiry; KEYS[20..22] due tell; KEYS[23] idempotency hash; then for each change two keys: its history list, its record once
-- closed
-- ARGV[1] holder of the claim, empty for a person's command; ARGV[2] the claim's version; ARGV[3] JSON list of changes, texts
-- only (alerts/store.ts); ARGV[4] print of the command, empty for none; ARGV[5] ms its reply is kept; ARGV[6] ms closed alerts
-- are kept; ARGV[7] new epoch; ARGV[8] 'each' for a command of many writes: each alert's own is remembered beside it in the
-- idempotency hash, and a repeat answers it and writes nothing; the reply of the whole is kept by keep-command-1
-- Returns { 'done' | 'replay' | 'mismatch' | 'stale', JSON list of { id, ok, version, done? } or { id, ok, record } } and, when
-- done, the alert stream's epoch and the seq of its last entry
-- @include redis-time
-- @include held-claim
-- @include due-work
-- @include append-timeline
-- @include idempotency
if ARGV[1] ~= '' and not claimIsHeld(KEYS[1], ARGV[1], ARGV[2]) then return { 'stale', '[]' } end
if ARGV[4] ~= '' then
  local before = findReply(KEYS[23], ARGV[4])
  if before and (before[1] == 'mismatch' or before[2]) then return before end
end
local each = ARGV[8] == 'each'
local dueAt = { notify = 11, escalate = 14, ack = 17, tell = 20 }
local replies, wrote = {}, false
local function publish(record)
  redis.call('SET', KEYS[6], ARGV[7], 'NX')
  local seq = string.format('%.0f', redis.call('INCR', KEYS[5]))
  redis.call('XADD', KEYS[7], 'MAXLEN', '~', '20000', seq .. '-0', 'alert', record)
end
local function changeDue(due)
  local at, field = dueAt[due.queue], due.kind .. '|' .. due.id
  if due.op == 'cancel' then return cancelDue(at, field, due.id) end
  local before = due.op == 'earliest' and redis.call('ZSCORE', KEYS[at + 2], due.id)
  if before and tonumber(before) <= tonumber(due.at) then return end
  scheduleDue(at, field, due.id, tonumber(due.at), due.payload)
end
for index, change in ipairs(cjson.decode(ARGV[3])) do
  local historyKey, closedKey = KEYS[22 + index * 2], KEYS[23 + index * 2]
  local version = redis.call('HGET', KEYS[3], change.id) or '0'
  local done = each and redis.call('HGET', KEYS[23], 'did:' .. change.id)
  local taken = change.expected == '0' and redis.call('HEXISTS', KEYS[4], change.fingerprint) == 1
  if done then
    replies[index] = '{"id":' .. cjson.encode(change.id) .. ',"ok":true,"version":' .. done .. ',"done":true}'
  elseif change.mode ~= 'note' and (version ~= change.expected or taken) then
    local kept = redis.call('HGET', KEYS[2], change.id) or redis.call('GET', closedKey) or 'null'
    replies[index] = '{"id":' .. cjson.encode(change.id) .. ',"ok":false,"record":' .. kept .. '}'
  else
    wrote = true
    if change.mode == 'closed' or change.mode == 'dropped' then
      redis.call('HDEL', KEYS[2], change.id)
      redis.call('HDEL', KEYS[3], change.id)
      if redis.call('HGET', KEYS[4], change.fingerprint) == change.id then redis.call('HDEL', KEYS[4], change.fingerprint) end
      if change.mode == 'closed' then redis.call('SET', closedKey, change.record, 'PX', ARGV[6]) end
      redis.call('PEXPIRE', historyKey, ARGV[6])
    elseif change.mode ~= 'note' then
      redis.call('HSET', KEYS[2], change.id, change.record)
      redis.call('HSET', KEYS[3], change.id, change.version)
      redis.call('HSET', KEYS[4], change.fingerprint, change.id)
    end
    for _, entry in ipairs(change.history) do redis.call('RPUSH', historyKey, entry) end
    if #change.history > 0 then
      redis.call('LTRIM', historyKey, -500, -1)
      if change.mode ~= 'open' then redis.call('PEXPIRE', historyKey, ARGV[6]) else redis.call('PERSIST', historyKey) end
    end
    for _, body in ipairs(change.timeline) do appendTimeline(8, body, ARGV[7]) end
    for _, due in ipairs(change.due) do changeDue(due) end
    if change.mode ~= 'note' then publish(change.record) end
    if each then redis.call('HSET', KEYS[23], 'did:' .. change.id, change.version) end
    replies[index] = '{"id":' .. cjson.encode(change.id) .. ',"ok":true,"version":' .. change.version .. '}'
  end
end
local reply = '[' .. table.concat(replies, ',') .. ']'
local result = { 'done', reply, redis.call('GET', KEYS[6]) or '', redis.call('GET', KEYS[5]) or '0' }
if each and wrote then
  redis.call('HSET', KEYS[23], 'print', ARGV[4])
  redis.call('PEXPIRE', KEYS[23], ARGV[5])
elseif ARGV[4] ~= '' and wrote then
  keepReply(KEYS[23], ARGV[4], ARGV[5], reply)
end
return result
