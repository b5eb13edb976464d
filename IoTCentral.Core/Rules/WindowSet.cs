using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Series;

namespace IoTCentral.Core.Rules;

/// <summary>The windows of one rule on one device that are still open, oldest first.</summary>
internal sealed class WindowSet(CompiledRule rule)
{
    private readonly List<Window> _open = [];

    // Nearly always one or two windows are open, so they are found by looking at the last.
    private DateTimeOffset _closedThrough = DateTimeOffset.MinValue;
    private DateTimeOffset _firstSeen = DateTimeOffset.MaxValue;

    /// <summary>End of the oldest open window; null when none is open.</summary>
    public DateTimeOffset? NextEnd => _open.Count == 0 ? null : _open[0].End;

    /// <summary>Counts the message's values in, unless its window has been closed already.</summary>
    public void Add(DateTimeOffset messageTime, string component, Point[] points)
    {
        if (messageTime < _firstSeen)
            _firstSeen = messageTime;
        Window? window = null;
        for (var c = 0; c < rule.Aggregated.Length; c++)
        {
            if (rule.Aggregated[c].Component != component)
                continue;
            foreach (ref readonly var point in points.AsSpan())
            {
                if (!rule.Aggregated[c].TryTake(point, out var value))
                    continue;
                window ??= Find(messageTime);
                if (window is null)
                    return;
                window.Add(c, value);
            }
        }

        if (rule.CountsMessages && window is null && _open.Count == 0)
            Find(messageTime);
    }

    /// <summary>Takes the oldest window away if it ended at or before this time.</summary>
    public Window? Close(DateTimeOffset watermark, DateTimeOffset skipEmptyBefore)
    {
        if (_open.Count == 0 || _open[0].End > watermark)
            return null;
        var closed = _open[0];
        _open.RemoveAt(0);
        _closedThrough = closed.End;
        // A window counts to its end only if the device was known at its beginning.
        closed.IsPartial = closed.Start < _firstSeen;
        if (rule.CountsMessages)
            // Windows in which we did not listen say nothing about the device.
            Find(closed.End > skipEmptyBefore ? closed.End : skipEmptyBefore);
        return closed;
    }

    private Window? Find(DateTimeOffset time)
    {
        if (time < _closedThrough)
            return null;
        for (var i = _open.Count - 1; i >= 0; i--)
        {
            if (_open[i].Start <= time && time < _open[i].End)
                return _open[i];
        }

        return Open(rule.Buckets!.StartOf(time));
    }

    private Window Open(DateTimeOffset start)
    {
        var window = new Window(start, rule.Buckets!.EndOf(start), rule.Aggregated.Length);
        var at = _open.FindIndex(w => w.Start > start);
        _open.Insert(at < 0 ? _open.Count : at, window);
        return window;
    }
}

/// <summary>What came in one window, per aggregated condition.</summary>
internal sealed class Window(DateTimeOffset start, DateTimeOffset end, int conditions)
{
    private readonly Sums[] _sums = new Sums[conditions];

    public DateTimeOffset Start => start;
    public DateTimeOffset End => end;

    /// <summary>We began to look in the middle of it, so counts and sums are too small.</summary>
    public bool IsPartial { get; set; }

    public void Add(int condition, in RuleValue value)
    {
        ref var sums = ref _sums[condition];
        sums.Count++;
        if (value.Kind == PointKind.Text)
            return;
        sums.Minimum = sums.Numbers == 0 ? value.Number : Math.Min(sums.Minimum, value.Number);
        sums.Maximum = sums.Numbers == 0 ? value.Number : Math.Max(sums.Maximum, value.Number);
        sums.Sum += value.Number;
        sums.Numbers++;
    }

    /// <summary>Null when there is nothing to judge by.</summary>
    public double? Of(int condition, Aggregate aggregate)
    {
        ref readonly var sums = ref _sums[condition];
        if (IsPartial && aggregate is Aggregate.Count or Aggregate.Sum)
            return null;
        if (aggregate == Aggregate.Count)
            return sums.Count;
        if (sums.Numbers == 0)
            return null;
        var value = aggregate switch
        {
            Aggregate.Average => sums.Sum / sums.Numbers,
            Aggregate.Minimum => sums.Minimum,
            Aggregate.Maximum => sums.Maximum,
            _ => sums.Sum,
        };
        // 1e308 + 1e308
        return double.IsFinite(value) ? value : null;
    }

    private struct Sums
    {
        public long Count;
        public long Numbers;
        public double Sum;
        public double Minimum;
        public double Maximum;
    }
}
