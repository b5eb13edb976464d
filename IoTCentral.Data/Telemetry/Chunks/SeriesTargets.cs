using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Chunks;
using IoTCentral.Core.Telemetry.Rollups;
using IoTCentral.Core.Telemetry.Series;

namespace IoTCentral.Data.Telemetry.Chunks;

/// <summary>Numbers, and yes and no as 1 and 0; or values of any kind where one state is asked about.</summary>
internal abstract class NumberTarget(SeriesQuery query) : ISeriesTarget
{
    private readonly StateMatch? _state = query.State is { } state ? new(state) : null;

    protected SeriesBuilder Builder { get; } = new(query);

    public bool TakesSummary(long start, long end) => Builder.TakesSummary(start, end);

    public void Add(in HourSum hour) => Builder.Add(hour);

    public abstract void End();

    public void Add(long start, int count, NumberSummary summary) => Builder.Add(start, count, summary);

    public void Add(ReadOnlySpan<ChunkPoints?> kinds)
    {
        if (_state is not null)
        {
            AddStates(_state, kinds);
            return;
        }
        var (numbers, booleans) = (kinds[(int)PointKind.Number], kinds[(int)PointKind.Boolean]);
        if (numbers is not { Count: > 0 })
        {
            if (booleans is { Count: > 0 })
                Builder.Add(booleans.Times, booleans.Numbers);
            return;
        }
        if (booleans is not { Count: > 0 })
        {
            Builder.Add(numbers.Times, numbers.Numbers);
            return;
        }
        var both = new ChunkPoints(PointKind.Number);
        both.Add(numbers);
        for (var i = 0; i < booleans.Count; i++)
            both.Add(booleans.Times[i], Point.Of("", booleans.Numbers[i]));
        both.Sort();
        Builder.Add(both.Times, both.Numbers);
    }

    private void AddStates(StateMatch state, ReadOnlySpan<ChunkPoints?> kinds)
    {
        var points = new List<(long Time, double IsIn)>();
        foreach (var of in kinds)
        {
            for (var i = 0; i < (of?.Count ?? 0); i++)
                points.Add((of!.Times[i], state.Is(of, i) ? 1 : 0));
        }
        // of one time, a later kind's stands last
        (long Time, double IsIn)[] ordered = [.. points.OrderBy(p => p.Time)];
        Builder.Add([.. ordered.Select(p => p.Time)], [.. ordered.Select(p => p.IsIn)]);
    }
}

/// <summary>A series by itself.</summary>
internal sealed class AloneTarget(SeriesQuery query) : NumberTarget(query)
{
    public IReadOnlyList<SeriesBucket> Buckets { get; private set; } = [];

    public override void End() => Buckets = Builder.Build();
}

/// <summary>A series of a group; what it gathers goes when it has been added.</summary>
internal sealed class MemberTarget(SeriesQuery query, GroupBuilder group) : ISeriesTarget
{
    private sealed class Target(SeriesQuery query, GroupBuilder group) : NumberTarget(query)
    {
        public override void End() => group.Add(Builder);
    }

    private readonly bool _hasEnds = query.Aggregates.Any(a => a is Aggregate.First or Aggregate.Last);
    private Target? _target;

    private Target Own => _target ??= new(query, group);

    // a summary has no times, which tell whose value was first or last of all
    public bool TakesSummary(long start, long end) => !_hasEnds && Own.TakesSummary(start, end);

    public void Add(long start, int count, NumberSummary summary) => Own.Add(start, count, summary);

    public void Add(ReadOnlySpan<ChunkPoints?> kinds) => Own.Add(kinds);

    public void Add(in HourSum hour) => Own.Add(hour);

    public void End()
    {
        _target?.End();
        _target = null;
    }
}

/// <summary>Values of every kind as texts.</summary>
internal sealed class StateTarget(StateBuilder builder) : ISeriesTarget
{
    private readonly List<(long Time, string Value)> _several = [];

    public bool TakesSummary(long start, long end) => false;

    public void Add(long start, int count, NumberSummary summary) =>
        throw new NotSupportedException("Stretches are not told from a summary.");

    public void Add(ReadOnlySpan<ChunkPoints?> kinds)
    {
        var isAlone = false;
        foreach (var points in kinds)
        {
            if (points is not { Count: > 0 })
                continue;
            isAlone = _several.Count == 0;
            for (var i = 0; i < points.Count; i++)
                _several.Add((points.Times[i], StateText.Of(points, i)));
        }
        // of one time, a later kind's stands last
        foreach (var (time, value) in isAlone ? (IEnumerable<(long, string)>)_several : _several.OrderBy(v => v.Time))
            builder.Add(new(ChunkPlace.TimeOf(time)), value);
        _several.Clear();
    }

    public void End() { }
}
