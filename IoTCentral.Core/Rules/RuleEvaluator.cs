using IoTCentral.Core.Telemetry;

namespace IoTCentral.Core.Rules;

/// <summary>
/// Judges one rule on one device: a state machine without clock, storage or chance. The same inputs in the same order
/// give the same transitions, however they are cut into batches; live judging and back-tests use this one class.
/// </summary>
/// <remarks>Times called "at" are by our clock (received times and timers); a device's own times only order its values.</remarks>
public sealed partial class RuleEvaluator
{
    private readonly CompiledRule _rule;
    private readonly Signal[] _signals;
    private readonly WindowSet? _windows;
    private readonly List<RuleTransition> _transitions = [];

    private DateTimeOffset _clock = DateTimeOffset.MinValue;
    private DateTimeOffset _lastJudged = DateTimeOffset.MinValue;
    private DateTimeOffset _watermarkBase = DateTimeOffset.UnixEpoch;
    private DateTimeOffset? _lastReceived;
    private DateTimeOffset? _disconnectedAt;
    private DateTimeOffset _notSilentBefore = DateTimeOffset.MinValue;
    private CommittedMessage? _message;
    private bool _isQuiet;

    public RuleEvaluator(CompiledRule rule, DeviceFacts facts)
    {
        _rule = rule;
        _signals = new Signal[rule.Conditions.Length];
        _windows = rule.Buckets is null ? null : new WindowSet(rule);
        _isQuiet = true;
        _lastReceived = facts.LastHeard;
        _disconnectedAt = facts.DisconnectedAt;
        ReadProperties(facts.Properties);
        _isQuiet = false;
        Plan();
    }

    public RulePhase Phase { get; private set; }

    /// <summary>When the phase began, by our clock.</summary>
    public DateTimeOffset Since { get; private set; }

    /// <summary>When <see cref="OnClock"/> has something to do; null: only news can change anything.</summary>
    public DateTimeOffset? Due { get; private set; }

    /// <summary>Counts changes of what must survive a restart: phase, and worst values while the alert is open.</summary>
    public int Changes { get; private set; }

    /// <summary>What has happened since this was read last, oldest first.</summary>
    public IReadOnlyList<RuleTransition> TakeTransitions()
    {
        if (_transitions.Count == 0)
            return [];
        RuleTransition[] taken = [.. _transitions];
        _transitions.Clear();
        return taken;
    }

    public bool HasTransitions => _transitions.Count > 0;

    /// <summary>A committed message of the device, in commit order.</summary>
    public void OnMessage(CommittedMessage committed)
    {
        var message = committed.Message;
        var at = message.Received;
        // What was due before it arrived happened before it.
        if (Due <= at)
            OnClock(at);
        // Its values say nothing when the device's clock is ahead or we know them already; that it speaks counts.
        if (!message.Flags.HasFlag(MessageFlags.Will))
            Hear(at);
        _message = committed;
        if ((message.Flags & (MessageFlags.ClockAhead | MessageFlags.Repeat)) == MessageFlags.None)
            TakeValues(message, committed.Points);
        Judge(at);
        if (_windows is not null)
            CloseWindows(_watermarkBase - CompiledRule.Lateness, at);
        _message = null;
        Plan();
    }

    /// <summary>Reported or cloud properties changed: values of conditions, or limits.</summary>
    public void OnProperties(IReadOnlyDictionary<PropertyKey, string> properties, DateTimeOffset at)
    {
        if (Due <= at)
            OnClock(at);
        ReadProperties(properties);
        Judge(at);
        Plan();
    }

    /// <param name="disconnectedAt">Null: connected, or never was.</param>
    public void OnConnection(DateTimeOffset? disconnectedAt, DateTimeOffset at)
    {
        if (Due <= at)
            OnClock(at);
        if (disconnectedAt == _disconnectedAt)
            return;
        _disconnectedAt = disconnectedAt;
        foreach (var condition in _rule.Silences)
        {
            if (condition.Condition is DisconnectedCondition)
                _signals[condition.Index].IsTrue = false;
        }

        Judge(at);
        Plan();
    }

    /// <summary>The clock has come to this time: holds that are over, silence, windows that end.</summary>
    public void OnClock(DateTimeOffset now)
    {
        while (Due is { } due && due <= now)
        {
            // A timer that lies before what was judged last fires now, never in the past.
            var at = due > _clock ? due : _clock;
            RunTimers(due, at);
            Plan();
        }

        if (now > _clock)
            _clock = now;
    }

    /// <summary>
    /// Nobody listened before this time (we were down, or storage was): silence is judged from here on at the earliest,
    /// and windows without a message that ended before are not judged.
    /// </summary>
    public void NotSilentBefore(DateTimeOffset time)
    {
        _notSilentBefore = time;
        Plan();
    }

    /// <summary>The combined truth of all conditions, as last judged.</summary>
    private bool IsTrue()
    {
        foreach (ref readonly var signal in _signals.AsSpan())
        {
            if (signal.IsTrue == _rule.IsAny)
                return _rule.IsAny;
        }

        return !_rule.IsAny && _signals.Length > 0;
    }

    private void Judge(DateTimeOffset at)
    {
        if (at > _clock)
            _clock = at;
        if (_isQuiet)
            return;
        var isTrue = IsTrue();
        switch (Phase)
        {
            case RulePhase.Rest when isTrue:
                StartWorst();
                Enter(RulePhase.Holding, at);
                if (_rule.Hold <= TimeSpan.Zero)
                    Open(at);
                break;
            case RulePhase.Holding when !isTrue:
                Enter(RulePhase.Rest, at);
                break;
            case RulePhase.Holding when at >= Since + _rule.Hold:
                Open(at);
                break;
            case RulePhase.Firing when !isTrue:
                _transitions.Add(new(IsOpen: false, at, Observe(), _message));
                Enter(RulePhase.Rest, at);
                break;
            case RulePhase.Muted when !isTrue:
                Enter(RulePhase.Rest, at);
                break;
        }
    }

    private void Open(DateTimeOffset at)
    {
        _transitions.Add(new(IsOpen: true, at, Observe(), _message));
        Enter(RulePhase.Firing, at);
    }

    private void Enter(RulePhase phase, DateTimeOffset at)
    {
        Phase = phase;
        Since = at;
        Changes++;
    }

    private void RunTimers(DateTimeOffset due, DateTimeOffset at)
    {
        foreach (var condition in _rule.Silences)
        {
            if (SilenceDue(condition) <= due)
                _signals[condition.Index].IsTrue = true;
        }

        if (WindowDue() <= due)
            CloseWindows(_windows!.NextEnd!.Value, at);
        Judge(at);
    }

    private void Plan()
    {
        DateTimeOffset? due = Phase == RulePhase.Holding ? Since + _rule.Hold : null;
        foreach (var condition in _rule.Silences)
            due = Earlier(due, SilenceDue(condition));
        Due = Earlier(due, WindowDue());
    }

    private DateTimeOffset? SilenceDue(CompiledCondition condition)
    {
        if (_signals[condition.Index].IsTrue)
            return null;
        var since = condition.Condition is SilenceCondition ? _lastReceived : _disconnectedAt;
        if (since is null)
            return null;
        var due = since.Value + condition.For;
        return due > _notSilentBefore ? due : _notSilentBefore;
    }

    /// <summary>The watermark goes on with the clock from the last message: when does it pass the oldest window's end?</summary>
    private DateTimeOffset? WindowDue()
    {
        if (_windows?.NextEnd is not { } end || _lastReceived is not { } last)
            return null;
        var wait = end + CompiledRule.Lateness - _watermarkBase;
        return wait > TimeSpan.Zero ? last + wait : last;
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? a, DateTimeOffset? b) =>
        a is null ? b
        : b is null || a <= b ? a
        : b;
}
