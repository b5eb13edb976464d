using IoTCentral.Core.Telemetry;

namespace IoTCentral.Core.Rules;

/// <content>Coming back after a restart.</content>
public sealed partial class RuleEvaluator
{
    /// <summary>
    /// Messages that were judged before (oldest first, in commit order): they bring back values, windows and the time
    /// judged last, and decide nothing.
    /// </summary>
    /// <param name="clock">How far timers had been run: windows that ended by then have been judged.</param>
    public void Recall(IEnumerable<CommittedMessage> history, DateTimeOffset clock)
    {
        var heard = _lastReceived;
        _lastReceived = null;
        _isQuiet = true;
        foreach (var message in history)
            OnMessage(message);
        OnClock(clock);
        _isQuiet = false;
        if (heard > _lastReceived || _lastReceived is null)
            _lastReceived = heard;
        Plan();
    }

    /// <summary>
    /// The stored state, after <see cref="Recall"/>. In every phase but rest the conditions were true, so what was seen
    /// then is taken where the history did not reach far enough back.
    /// </summary>
    public void Restore(RulePhase phase, DateTimeOffset since, IReadOnlyList<Observation> seen)
    {
        if (phase != RulePhase.Rest)
        {
            var isTrue = IsTrue();
            foreach (var observation in seen)
            {
                if (observation.Condition < 0 || observation.Condition >= _signals.Length)
                    continue;
                ref var signal = ref _signals[observation.Condition];
                signal.Worst = observation.Worst;
                if (isTrue)
                    continue;
                signal.IsTrue = observation.IsTrue;
                signal.HasValue = observation.Value is not null;
                signal.Value = observation.Value ?? default;
                signal.Limit = observation.Limit;
                signal.At = observation.At;
            }
        }

        Phase = phase;
        Since = since;
        if (since > _clock)
            _clock = since;
        Plan();
    }

    /// <summary>
    /// The stored phase is another than ours (somebody resolved the alert by hand: silent while the conditions stay
    /// true); it is taken over and judged by what is known.
    /// </summary>
    public void Adopt(RulePhase phase, DateTimeOffset since)
    {
        Phase = phase;
        Since = since;
        Judge(since > _clock ? since : _clock);
        Plan();
    }
}
