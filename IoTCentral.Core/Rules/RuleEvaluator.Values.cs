using System.Globalization;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Series;

namespace IoTCentral.Core.Rules;

/// <content>How values of messages, windows and properties become true or false conditions.</content>
public sealed partial class RuleEvaluator
{
    private void Hear(DateTimeOffset at)
    {
        if (_lastReceived is null || at > _lastReceived)
            _lastReceived = at;
        foreach (var condition in _rule.Silences)
        {
            if (condition.Condition is SilenceCondition)
                _signals[condition.Index].IsTrue = false;
        }
    }

    private void TakeValues(DeviceMessage message, Point[] points)
    {
        var time = message.MessageTime;
        // A clock before 1970 is no clock: such a value belongs into no window.
        if (_windows is not null && time >= DateTimeOffset.UnixEpoch)
        {
            var seen = time < message.Received ? time : message.Received;
            if (seen > _watermarkBase)
                _watermarkBase = seen;
            _windows.Add(time, message.Component, points);
        }

        // Older than the last one judged: history, no news.
        if (time < _lastJudged)
            return;
        var isJudged = _rule.HasEvents;
        foreach (var condition in _rule.Single)
        {
            if (condition.Operator == RuleOperator.Any)
                _signals[condition.Index].IsTrue = false;
            if (!string.Equals(condition.Component, message.Component, StringComparison.Ordinal))
                continue;
            foreach (ref readonly var point in points.AsSpan())
            {
                if (!condition.TryTake(point, out var value))
                    continue;
                Take(condition, value, time);
                isJudged = true;
            }
        }

        if (isJudged)
            _lastJudged = time;
    }

    /// <summary>A new value of a condition.</summary>
    private void Take(CompiledCondition condition, in RuleValue value, DateTimeOffset? time)
    {
        ref var signal = ref _signals[condition.Index];
        signal.Value = value;
        signal.HasValue = true;
        signal.At = time;
        Compare(condition, ref signal);
    }

    private void Compare(CompiledCondition condition, ref Signal signal)
    {
        if (condition.Operator == RuleOperator.Any)
        {
            signal.IsTrue = true;
            return;
        }

        var limit = LimitOf(condition, signal.Value.Kind, signal.LimitText);
        signal.Limit = limit;
        signal.IsTrue =
            limit is { } known
            && Comparison.Holds(condition.Operator, signal.Value, known, _rule.Hysteresis, signal.IsTrue) == true;
        Worsen(condition, ref signal);
    }

    private static RuleValue? LimitOf(CompiledCondition condition, PointKind kind, string? text) =>
        condition.LimitKey is null ? condition.Constant
        : text is null ? null
        : RuleValue.Read(text, kind);

    private void Worsen(CompiledCondition condition, ref Signal signal)
    {
        if (
            Phase is not (RulePhase.Holding or RulePhase.Firing)
            || !signal.IsTrue
            || signal.Value.Kind != PointKind.Number
            || !Comparison.IsOrder(condition.Operator)
        )
            return;
        var value = signal.Value.Number;
        var isWorse =
            signal.Worst is not { } worst || (Comparison.IsUpward(condition.Operator) ? value > worst : value < worst);
        if (!isWorse)
            return;
        signal.Worst = value;
        if (Phase == RulePhase.Firing)
            Changes++;
    }

    /// <summary>The conditions have just become true together: from here on the worst value is remembered.</summary>
    private void StartWorst()
    {
        foreach (var condition in _rule.Conditions)
        {
            ref var signal = ref _signals[condition.Index];
            signal.Worst =
                signal is { IsTrue: true, HasValue: true, Value.Kind: PointKind.Number }
                && Comparison.IsOrder(condition.Operator)
                    ? signal.Value.Number
                    : null;
        }
    }

    private void CloseWindows(DateTimeOffset watermark, DateTimeOffset at)
    {
        while (_windows!.Close(watermark, _notSilentBefore) is { } window)
        {
            for (var i = 0; i < _rule.Aggregated.Length; i++)
            {
                var condition = _rule.Aggregated[i];
                if (window.Of(i, condition.Telemetry!.Aggregate!.Value) is { } value)
                    Take(condition, RuleValue.Of(value), window.End);
            }

            Judge(at);
        }
    }

    private void ReadProperties(IReadOnlyDictionary<PropertyKey, string> properties)
    {
        foreach (var condition in _rule.Conditions)
        {
            if (condition.LimitKey is not { } key)
                continue;
            ref var signal = ref _signals[condition.Index];
            signal.LimitText = properties.GetValueOrDefault(key);
            if (signal.HasValue)
                Compare(condition, ref signal);
        }

        foreach (var condition in _rule.Properties)
            ReadProperty(condition, properties.GetValueOrDefault(((PropertyCondition)condition.Condition).Property));
    }

    private void ReadProperty(CompiledCondition condition, string? stored)
    {
        ref var signal = ref _signals[condition.Index];
        if (stored is null || Parse(condition, stored, signal.LimitText) is not { } value)
        {
            signal.IsTrue = false;
            signal.HasValue = false;
            return;
        }

        Take(condition, value, time: null);
    }

    /// <summary>Properties are kept as text; the limit says what they are.</summary>
    private static RuleValue? Parse(CompiledCondition condition, string stored, string? limit)
    {
        if (condition.Constant is { } constant)
            return RuleValue.Read(stored, constant.Kind);
        if (Comparison.IsOrder(condition.Operator))
            return RuleValue.Read(stored, PointKind.Number);
        var isNumber =
            limit is not null && double.TryParse(limit, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
        return isNumber ? RuleValue.Read(stored, PointKind.Number) : RuleValue.Of(stored);
    }

    /// <summary>What each condition sees at present.</summary>
    public IReadOnlyList<Observation> Observe()
    {
        var observations = new Observation[_signals.Length];
        foreach (var condition in _rule.Conditions)
        {
            ref readonly var signal = ref _signals[condition.Index];
            observations[condition.Index] = new()
            {
                Condition = condition.Index,
                IsTrue = signal.IsTrue,
                Value = signal.HasValue ? signal.Value : null,
                Limit = signal.Limit,
                Worst = signal.Worst,
                At = condition.Condition switch
                {
                    SilenceCondition => _lastReceived,
                    DisconnectedCondition => _disconnectedAt,
                    _ => signal.At,
                },
            };
        }

        return observations;
    }

    /// <summary>What is known of one condition.</summary>
    private struct Signal
    {
        public bool IsTrue;
        public bool HasValue;
        public RuleValue Value;
        public RuleValue? Limit;
        public string? LimitText;
        public double? Worst;
        public DateTimeOffset? At;
    }
}
