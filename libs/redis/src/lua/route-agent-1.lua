#!lua
--[[
  Puts an agent where his stream says that he is, and gives him what waits for him.

  KEYS  1 prefix of the routing table
  ARGV  1 agent  2 as of  3 now in ms  4 prefix of tokens
        5 '1' ready, '0' not, '' signed out  6 nickname  7 skills, `<name>>=<level>` by commas  8 capacity  9 '1' last resort
  Output {service, agent, nickname, token, …}
]]
--@include routing
local agent, now = ARGV[1], tonumber(ARGV[3])
local key = P .. 'a:' .. agent
local known = redis.call('HGET', key, 'asOf')
if known and tonumber(known) > tonumber(ARGV[2]) then return {} end
local old = read(agent)
if old then
  -- Away from where he stood: his skills may be others now.
  old.ready = '0'
  standAll(agent, old, now)
end
if ARGV[5] == '' then
  redis.call('DEL', key)
  redis.call('SREM', P .. 'agents', agent)
  redis.call('ZREM', P .. 'beats', agent)
  return {}
end
redis.call('HSET', key, 'asOf', ARGV[2], 'ready', ARGV[5], 'nick', ARGV[6], 'skills', ARGV[7], 'cap', ARGV[8], 'fallback', ARGV[9])
redis.call('HSETNX', key, 'chats', '0')
redis.call('SADD', P .. 'agents', agent)
redis.call('ZADD', P .. 'beats', 'NX', now, agent)
standAll(agent, read(agent), now)
matchAgent(agent, now, ARGV[4])
return matches
