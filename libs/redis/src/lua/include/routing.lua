-- The routing table. KEYS[1] is its prefix, all of it has one hash tag:
--   reqs            requirements by their text, a set
--   q:<req>         services that wait, by score: a sorted set. The least is next
--   free:<req>      agents who fit, are ready and have room, by load and then by how long they had no new chat: a sorted set
--   last:<req>      the same for agents of the last resort
--   here:<req>      agents who fit and are ready, with room or without, those of the last resort apart: a set
--   gone            since when nobody is in here:<req>, by requirement: a hash
--   s:<service>     asOf, req, score, since, stages, excl, agents, token, agent: a hash
--   a:<agent>       asOf, ready, nick, skills, cap, fallback, chats (when he got his last one): a hash
--   load:<agent>    his services: a set
--   agents, beats   all agents: a set; when they were last heard of: a sorted set
--   open            matches that nobody has confirmed, by time: a sorted set
--   relax           services whose need changes with time, by when: a sorted set
--   pace            when a service last left a queue and how long that takes on average, by requirement: a hash
local P = KEYS[1]
local SCAN = 32
local matches = {}

local function each(text, separator, call)
  for word in string.gmatch(text, '[^' .. separator .. ']+') do call(word) end
end
local function lists(text, name)
  return string.find(',' .. text .. ',', ',' .. name .. ',', 1, true) ~= nil
end
local function fits(agent, skills, req)
  if req == '' then return true end
  if string.byte(req) == 64 then return req == '@' .. agent end
  local levels = {}
  each(skills, ',', function(skill)
    local name, level = string.match(skill, '^(.*)>=(%d+)$')
    levels[name] = tonumber(level)
  end)
  local all = true
  each(req, ',', function(skill)
    local name, level = string.match(skill, '^(.*)>=(%d+)$')
    if (levels[name] or 0) < tonumber(level) then all = false end
  end)
  return all
end

-- Puts an agent where he is free, for one requirement that he fits.
local function stand(agent, a, load, req, now)
  local pool = P .. (a.fallback == '1' and 'last:' or 'free:') .. req
  if a.ready == '1' and load < tonumber(a.cap) then
    redis.call('ZADD', pool, load * 1e13 + tonumber(a.chats), agent)
  else
    redis.call('ZREM', pool, agent)
  end
  if a.fallback == '1' then return end
  if a.ready == '1' then
    redis.call('SADD', P .. 'here:' .. req, agent)
  elseif redis.call('SREM', P .. 'here:' .. req, agent) == 1 and redis.call('SCARD', P .. 'here:' .. req) == 0 then
    redis.call('HSET', P .. 'gone', req, now)
  end
end
local function read(agent)
  local fields = redis.call('HMGET', P .. 'a:' .. agent, 'ready', 'nick', 'skills', 'cap', 'fallback', 'chats')
  if not fields[1] then return nil end
  return {ready = fields[1], nick = fields[2], skills = fields[3], cap = fields[4], fallback = fields[5], chats = fields[6]}
end
local function standAll(agent, a, now)
  local load = redis.call('SCARD', P .. 'load:' .. agent)
  for _, req in ipairs(redis.call('SMEMBERS', P .. 'reqs')) do
    if fits(agent, a.skills, req) then stand(agent, a, load, req, now) end
  end
end
local function know(req, now)
  if redis.call('SADD', P .. 'reqs', req) == 0 then return end
  for _, agent in ipairs(redis.call('SMEMBERS', P .. 'agents')) do
    local a = read(agent)
    if a and fits(agent, a.skills, req) then
      stand(agent, a, redis.call('SCARD', P .. 'load:' .. agent), req, now)
    end
  end
end
-- Agents of the last resort get chats only when no other who fits has been ready for a second.
local function isLastResort(req, now)
  if redis.call('SCARD', P .. 'here:' .. req) > 0 then return false end
  return now - tonumber(redis.call('HGET', P .. 'gone', req) or 0) >= 1000
end
local function carry(agent, service, now)
  local a = read(agent)
  redis.call('SADD', P .. 'load:' .. agent, service)
  if a then standAll(agent, a, now) end
end
local function drop(agent, service, now)
  if redis.call('SREM', P .. 'load:' .. agent, service) == 0 then return false end
  local a = read(agent)
  if a then standAll(agent, a, now) end
  return true
end
local function leave(service, req)
  redis.call('ZREM', P .. 'q:' .. req, service)
  redis.call('ZREM', P .. 'relax', service)
end
local function pace(req, now)
  local last, average = string.match(redis.call('HGET', P .. 'pace', req) or '', '^(%d+) (%d+)$')
  if last then
    local span = math.max(0, now - tonumber(last))
    average = tonumber(average) == 0 and span or math.floor(tonumber(average) * 0.8 + span * 0.2)
  end
  redis.call('HSET', P .. 'pace', req, string.format('%.0f %.0f', now, average or 0))
end

local function match(service, req, agent, now, token)
  leave(service, req)
  pace(req, now)
  redis.call('HSET', P .. 'a:' .. agent, 'chats', now)
  carry(agent, service, now)
  redis.call('HSET', P .. 's:' .. service, 'token', token, 'agent', agent)
  redis.call('ZADD', P .. 'open', now, service)
  matches[#matches + 1] = service
  matches[#matches + 1] = agent
  matches[#matches + 1] = redis.call('HGET', P .. 'a:' .. agent, 'nick')
  matches[#matches + 1] = token
end
-- The first of a pool whom the service does not exclude.
local function first(pool, excl)
  for _, agent in ipairs(redis.call('ZRANGE', pool, 0, SCAN - 1)) do
    if excl == '' or not lists(excl, agent) then return agent end
  end
end
local function matchService(service, now, tokens)
  local req, excl = unpack(redis.call('HMGET', P .. 's:' .. service, 'req', 'excl'))
  local agent = first(P .. 'free:' .. req, excl)
  if not agent and isLastResort(req, now) then agent = first(P .. 'last:' .. req, excl) end
  if not agent then return false end
  match(service, req, agent, now, tokens .. #matches)
  return true
end
-- Gives an agent the services that have waited longest, as many as he has room for.
local function matchAgent(agent, now, tokens)
  local a = read(agent)
  if not a or a.ready ~= '1' then return end
  local room = tonumber(a.cap) - redis.call('SCARD', P .. 'load:' .. agent)
  local reqs = {}
  for _, req in ipairs(redis.call('SMEMBERS', P .. 'reqs')) do
    if fits(agent, a.skills, req) and (a.fallback ~= '1' or isLastResort(req, now)) then reqs[#reqs + 1] = req end
  end
  while room > 0 and #matches < SCAN * 4 do
    local best, bestScore, bestReq
    for _, req in ipairs(reqs) do
      local waiting = redis.call('ZRANGE', P .. 'q:' .. req, 0, SCAN - 1, 'WITHSCORES')
      for i = 1, #waiting, 2 do
        local score = tonumber(waiting[i + 1])
        if best and score >= bestScore then break end
        if not lists(redis.call('HGET', P .. 's:' .. waiting[i], 'excl'), agent) then
          best, bestScore, bestReq = waiting[i], score, req
          break
        end
      end
    end
    if not best then return end
    match(best, bestReq, agent, now, tokens .. #matches)
    room = room - 1
  end
end
-- The requirement of a service after it has waited so long, and when the next one counts.
local function stageOf(stages, waited)
  local req, at
  each(stages, ';', function(stage)
    local after, text = string.match(stage, '^(%d+)|(.*)$')
    -- The first counts from the beginning, also by a clock that is behind the one that said when that was.
    if not req or tonumber(after) <= waited then
      req = text
    elseif not at then
      at = tonumber(after)
    end
  end)
  return req, at
end
local function enqueue(service, now)
  local stages, since, score = unpack(redis.call('HMGET', P .. 's:' .. service, 'stages', 'since', 'score'))
  local req, at = stageOf(stages, now - tonumber(since))
  know(req, now)
  redis.call('HSET', P .. 's:' .. service, 'req', req)
  redis.call('ZADD', P .. 'q:' .. req, score, service)
  if at then
    redis.call('ZADD', P .. 'relax', tonumber(since) + at, service)
  else
    redis.call('ZREM', P .. 'relax', service)
  end
end
-- Takes back a match that came to nothing.
local function unmatch(service, now)
  local token, agent = unpack(redis.call('HMGET', P .. 's:' .. service, 'token', 'agent'))
  redis.call('ZREM', P .. 'open', service)
  redis.call('HDEL', P .. 's:' .. service, 'token', 'agent')
  return token and agent or nil
end
