#!lua flags=allow-oom
--[[
  Brings a reader up to date with a service and, when it asks for a reply, reads and moves the customer's cursor in the
  same step.

  KEYS  1 stream  2 meta hash
  ARGV  1 id of the last event the reader knows, '' = nothing yet: the checkpoint is returned
        2 where the reply begins: '' = no reply, 'c' = at the cursor, N = after position N
        3 now in ms when the customer is seen by this call, else ''
        4 id of this call   5 '1' when it may have been carried out before (its reply was lost)
  Output {1, reply begins at or -1, checkpoint or '', {entries}, last seen ms or '', id of the checkpoint or '', afresh}
           afresh 0: the entries after ARGV[1]; afresh 1: those after the checkpoint, or all
         {-1}  no such service
         {-2}  the stream ends before ARGV[1]: it was rolled back
]]
local FAR = 258
-- The hash keeps the last moves of the cursor, `<call> <from> …`: a call that is repeated finds its own among them.
local known = ARGV[1]
local checkpoint = ''
local checkpoint_id = ''
local entries
if known ~= '' then
  entries = redis.call('XRANGE', KEYS[1], known, '+', 'COUNT', FAR)
  if #entries == 0 then
    if redis.call('EXISTS', KEYS[1]) == 0 then return {-1} end
    return {-2}
  end
  if entries[1][1] ~= known then return {-2} end
  if #entries == FAR then known = '' end
end
local meta = redis.call('HMGET', KEYS[2], 'c', 's', 'r')
if known == '' then
  local held = redis.call('HMGET', KEYS[2], 'k', 'K')
  if held[1] then
    entries = redis.call('XRANGE', KEYS[1], held[1], '+')
    if #entries > 0 and entries[1][1] == held[1] then
      checkpoint_id = held[1]
      checkpoint = held[2]
    end
  end
  if checkpoint == '' then entries = redis.call('XRANGE', KEYS[1], '-', '+') end
  if #entries == 0 then return {-1} end
end
local last = entries[#entries][1]
if known ~= '' or checkpoint ~= '' then table.remove(entries, 1) end

local from = -1
if ARGV[2] ~= '' then
  local cursor = tonumber(meta[1] or 0)
  local finish = tonumber(string.match(last, '^%d+'))
  if ARGV[2] ~= 'c' then
    from = tonumber(ARGV[2])
  else
    from = cursor
    if ARGV[5] == '1' and meta[3] then
      local _, found = string.find(meta[3], ARGV[4] .. ' ', 1, true)
      -- A number that is not followed by a space was cut off with the oldest moves.
      local began = found and string.match(meta[3], '^(%d+) ', found + 1)
      if began then from = tonumber(began) end
    end
  end
  if finish > cursor then redis.call('HSET', KEYS[2], 'c', finish, 'r', string.sub(ARGV[4] .. ' ' .. from .. ' ' .. (meta[3] or ''), 1, 200)) end
end
if ARGV[3] ~= '' then redis.call('HSET', KEYS[2], 's', ARGV[3]) end
return {1, from, checkpoint, entries, meta[2] or '', checkpoint_id, known == '' and 1 or 0}
