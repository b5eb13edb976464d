using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Rules.Engine;

/// <summary>A rule that threw, and what.</summary>
internal sealed record FailedRule(Rule Rule, Exception Fault);

/// <summary>
/// All running rules in memory: messages and timers in, changed pairs out. One thread at a time; it does no IO, and on
/// the way of a message it allocates nothing.
/// </summary>
internal sealed class LiveRules
{
    private readonly PriorityQueue<RulePair, DateTimeOffset> _timers = new();
    private readonly List<RulePair> _dirty = [];

    private readonly Dictionary<Guid, RulePair> _alerts = [];

    public Dictionary<TenantId, LiveTenant> Tenants { get; } = [];

    /// <summary>Rules that failed since this was read last.</summary>
    public List<FailedRule> Failed { get; } = [];

    public int PairCount => Tenants.Values.Sum(t => t.Devices.Values.Sum(d => d.Pairs.Length));

    public bool HasDirty => _dirty.Count > 0;

    /// <summary>
    /// Judges messages from an index on; stops before the first one of a device that is not known yet and answers its
    /// index, or the count when all are judged.
    /// </summary>
    public int Judge(IReadOnlyList<CommittedMessage> messages, int from)
    {
        LiveTenant? tenant = null;
        for (var i = from; i < messages.Count; i++)
        {
            var message = messages[i];
            // messages of one application often come one after the other
            if (tenant?.Id != message.Message.Tenant && !Tenants.TryGetValue(message.Message.Tenant, out tenant))
                continue;
            if (!tenant.Devices.TryGetValue(message.Message.DeviceKey, out var device))
                return i;
            foreach (var pair in device.Pairs)
                Judge(pair, message);
        }

        return messages.Count;
    }

    /// <summary>Runs the timers that are due by this time.</summary>
    public void RunTimers(DateTimeOffset now)
    {
        while (_timers.TryPeek(out var pair, out var queuedFor) && queuedFor <= now)
        {
            _timers.Dequeue();
            // Queued again since, for an earlier time: that entry counts.
            if (pair.IsGone || queuedFor != pair.QueuedFor)
                continue;
            pair.QueuedFor = DateTimeOffset.MaxValue;
            Do(pair, now, static (p, at) => p.Evaluator.OnClock(at));
        }
    }

    /// <summary>Tells a pair something besides messages, and keeps what comes of it.</summary>
    public void Do<T>(RulePair pair, T argument, Action<RulePair, T> act)
    {
        if (pair.Rule.IsStopped)
            return;
        try
        {
            act(pair, argument);
            Note(pair);
        }
        catch (Exception e)
        {
            // A rule that throws harms itself only.
            Stop(pair.Rule, e);
        }
    }

    /// <summary>The rule on the device; null when the rule throws already now.</summary>
    public RulePair? TryPair(LiveTenant tenant, LiveRule rule, LiveDevice device)
    {
        try
        {
            return new RulePair(tenant, rule, device);
        }
        catch (Exception e)
        {
            Stop(rule, e);
            return null;
        }
    }

    /// <summary>The pair whose alert this is; null: none of ours.</summary>
    public RulePair? FindByAlert(Guid alertId) => _alerts.GetValueOrDefault(alertId);

    public void SetAlert(RulePair pair, Guid? alertId)
    {
        if (pair.AlertId is { } old)
            _alerts.Remove(old);
        pair.AlertId = alertId;
        if (alertId is { } id)
            _alerts[id] = pair;
    }

    /// <summary>The rule no longer concerns the device: what must be written so that nothing of it stays; null: nothing.</summary>
    public RuleWrite? Remove(RulePair pair)
    {
        pair.IsGone = true;
        var alertId = pair.AlertId;
        SetAlert(pair, null);
        if (pair.StoredVersion == 0 && alertId is null)
            return null;
        return new()
        {
            TenantId = pair.Tenant.Id,
            RuleId = pair.Rule.Rule.Id,
            DeviceKey = pair.Device.Facts.Key,
            ExpectedVersion = pair.StoredVersion,
            Ended =
                alertId is { } id && pair.Evaluator.Phase == RulePhase.Firing
                    ? [new(id, pair.Evaluator.Since, AlertEnd.DeviceRemoved, null)]
                    : [],
        };
    }

    /// <summary>The pairs that have something to write, each once.</summary>
    public IReadOnlyList<RulePair> TakeDirty()
    {
        if (_dirty.Count == 0)
            return [];
        RulePair[] taken = [.. _dirty.Where(p => !p.IsGone)];
        foreach (var pair in _dirty)
            pair.IsDirty = false;
        _dirty.Clear();
        return taken;
    }

    private void Judge(RulePair pair, CommittedMessage message)
    {
        if (pair.Rule.IsStopped)
            return;
        try
        {
            pair.Evaluator.OnMessage(message);
            Note(pair);
        }
        catch (Exception e)
        {
            Stop(pair.Rule, e);
        }
    }

    private void Note(RulePair pair)
    {
        var evaluator = pair.Evaluator;
        if (evaluator.Changes != pair.WrittenChanges && !pair.IsDirty)
        {
            pair.IsDirty = true;
            _dirty.Add(pair);
        }

        // Later is fine: the queue looks too early and asks again.
        if (evaluator.Due is { } due && due < pair.QueuedFor)
        {
            pair.QueuedFor = due;
            _timers.Enqueue(pair, due);
        }
    }

    private void Stop(LiveRule rule, Exception fault)
    {
        if (rule.IsStopped)
            return;
        rule.IsStopped = true;
        Failed.Add(new(rule.Rule, fault));
    }
}
