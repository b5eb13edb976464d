using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Chunks;

namespace IoTCentral.Data.Telemetry.Chunks;

/// <summary>
/// Hands each series its points stretch by stretch, in the order of time: chunks of a stretch together with what is not
/// sealed of it, and in between what is not sealed alone. Within the range, and each point once.
/// </summary>
/// <param name="from">Microseconds since 1970 UTC.</param>
/// <param name="to">Exclusive.</param>
internal sealed class StretchHand(long from, long to, ISeriesTarget[] targets, HotPoints[] hot)
{
    private readonly ChunkCodec _codec = new();
    private readonly List<ChunkHead> _stretch = [];
    private readonly ChunkPoints?[] _kinds = new ChunkPoints?[Enum.GetValues<PointKind>().Length];
    private readonly ChunkPoints?[] _unpacked = new ChunkPoints?[Enum.GetValues<PointKind>().Length];
    private int _series;

    /// <summary>The next one, by series, start, kind and part.</summary>
    public void Take(ChunkHead head)
    {
        if (_stretch.Count > 0 && !head.IsOfStretchOf(_stretch[0]))
            HandOut();
        EndUpTo(head.Series);
        _stretch.Add(head);
    }

    /// <summary>No more chunks come.</summary>
    public void End()
    {
        HandOut();
        EndUpTo(targets.Length);
    }

    private void EndUpTo(int series)
    {
        for (; _series < series; _series++)
        {
            HandOutHot(long.MaxValue);
            targets[_series].End();
        }
    }

    private void HandOut()
    {
        if (_stretch.Count == 0)
            return;
        var place = _stretch[0].Place;
        HandOutHot(place.Start);
        if (_stretch is [{ IsEnough: true } only])
        {
            targets[_series].Add(place.Start, only.Count, only.Summary!);
        }
        else
        {
            foreach (var head in _stretch)
                Unpack(head);
            hot[_series].Take(place.End, Kind);
            HandOutKinds();
        }
        _stretch.Clear();
    }

    private void HandOutHot(long before)
    {
        hot[_series].Take(before, Kind);
        HandOutKinds();
    }

    private void Unpack(ChunkHead head)
    {
        var points = Kind(head.Place.Kind);
        if (points.Count == 0)
        {
            _codec.Read(head.Data, points);
            return;
        }
        var more = _unpacked[(int)head.Place.Kind] ??= new(head.Place.Kind);
        _codec.Read(head.Data, more);
        points.Add(more);
    }

    private ChunkPoints Kind(PointKind kind) => _kinds[(int)kind] ??= new(kind);

    private void HandOutKinds()
    {
        foreach (var points in _kinds)
        {
            if (points is null || points.Count == 0)
                continue;
            points.Sort();
            points.Cut(points.PlaceOf(from), points.PlaceOf(to));
        }
        targets[_series].Add(_kinds);
        foreach (var points in _kinds)
            points?.Clear();
    }
}
