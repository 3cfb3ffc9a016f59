#!lua
--[[
  What time alone brings about: needs that are relaxed, agents of the last resort, matches that nobody confirmed.

  KEYS  1 prefix of the routing table
  ARGV  1 now in ms  2 prefix of tokens  3 ms after which a match is told again
  Output {service, agent, nickname, token, …}
]]
--@include routing
local now, tokens = tonumber(ARGV[1]), ARGV[2]
for _, service in ipairs(redis.call('ZRANGEBYSCORE', P .. 'relax', '-inf', now, 'LIMIT', 0, 100)) do
  local req = redis.call('HGET', P .. 's:' .. service, 'req')
  if req then
    leave(service, req)
    enqueue(service, now)
    matchService(service, now, tokens)
  else
    redis.call('ZREM', P .. 'relax', service)
  end
end
for _, req in ipairs(redis.call('SMEMBERS', P .. 'reqs')) do
  local hasAgents = redis.call('ZCARD', P .. 'free:' .. req) > 0
    or (redis.call('ZCARD', P .. 'last:' .. req) > 0 and isLastResort(req, now))
  if hasAgents then
    for _, service in ipairs(redis.call('ZRANGE', P .. 'q:' .. req, 0, SCAN - 1)) do matchService(service, now, tokens) end
  end
end
for _, service in ipairs(redis.call('ZRANGEBYSCORE', P .. 'open', '-inf', now - tonumber(ARGV[3]), 'LIMIT', 0, 100)) do
  local token, agent = unpack(redis.call('HMGET', P .. 's:' .. service, 'token', 'agent'))
  if token then
    redis.call('ZADD', P .. 'open', now, service)
    matches[#matches + 1] = service
    matches[#matches + 1] = agent
    matches[#matches + 1] = redis.call('HGET', P .. 'a:' .. agent, 'nick') or ''
    matches[#matches + 1] = token
  else
    redis.call('ZREM', P .. 'open', service)
  end
end
return matches
