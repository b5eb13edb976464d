namespace IoTCentral.Core.Telemetry.Chunks;

/// <summary>
/// Points of one series and one kind as columns, by time; of equal times the later arrival last. Used again and again:
/// it grows and never shrinks.
/// </summary>
public sealed class ChunkPoints(PointKind kind)
{
    // most series of a fleet have few points in a stretch
    private const int FirstSize = 16;

    private long[] _times = new long[FirstSize];
    private double[] _numbers = kind == PointKind.Text ? [] : new double[FirstSize];
    private double[] _longitudes = kind == PointKind.Location ? new double[FirstSize] : [];
    private double[] _altitudes = kind == PointKind.Location ? new double[FirstSize] : [];
    private string[] _texts = kind == PointKind.Text ? new string[FirstSize] : [];

    public PointKind Kind => kind;
    public int Count { get; private set; }

    /// <summary>Microseconds since 1970 UTC.</summary>
    public Span<long> Times => _times.AsSpan(0, Count);

    /// <summary>Numbers; 0 and 1 for yes and no; latitudes of locations; none for texts.</summary>
    public Span<double> Numbers => kind == PointKind.Text ? [] : _numbers.AsSpan(0, Count);

    /// <summary>Of locations only.</summary>
    public Span<double> Longitudes => kind == PointKind.Location ? _longitudes.AsSpan(0, Count) : [];

    /// <inheritdoc cref="Longitudes"/>
    public Span<double> Altitudes => kind == PointKind.Location ? _altitudes.AsSpan(0, Count) : [];

    /// <summary>Of texts only.</summary>
    public Span<string> Texts => kind == PointKind.Text ? _texts.AsSpan(0, Count) : [];

    public void Clear() => Count = 0;

    /// <summary>Adds it at the end, whatever its time; <see cref="Sort"/> puts it in its place.</summary>
    public void Add(long time, in Point point)
    {
        var at = Count;
        Resize(at + 1);
        _times[at] = time;
        if (kind == PointKind.Text)
        {
            _texts[at] = point.Text ?? "";
            return;
        }
        _numbers[at] = point.Number;
        if (kind == PointKind.Location)
            (_longitudes[at], _altitudes[at]) = (point.Number2, point.Number3);
    }

    /// <summary>Adds all of another of the same kind.</summary>
    public void Add(ChunkPoints other) => Add(other, 0, other.Count);

    /// <summary>Adds some of another of the same kind.</summary>
    public void Add(ChunkPoints other, int from, int count)
    {
        var at = Count;
        Resize(at + count);
        other.Times.Slice(from, count).CopyTo(Times[at..]);
        if (kind == PointKind.Text)
        {
            other.Texts.Slice(from, count).CopyTo(Texts[at..]);
            return;
        }
        other.Numbers.Slice(from, count).CopyTo(Numbers[at..]);
        if (kind == PointKind.Location)
        {
            other.Longitudes.Slice(from, count).CopyTo(Longitudes[at..]);
            other.Altitudes.Slice(from, count).CopyTo(Altitudes[at..]);
        }
    }

    /// <summary>Some of them, as columns of their own.</summary>
    public ChunkPoints Slice(int from, int most)
    {
        var slice = new ChunkPoints(kind);
        slice.Add(this, from, Math.Min(most, Count - from));
        return slice;
    }

    /// <summary>Leaves those from one place up to another.</summary>
    public void Cut(int from, int to)
    {
        if (from > 0)
        {
            Move(_times, from, to);
            Move(_numbers, from, to);
            Move(_longitudes, from, to);
            Move(_altitudes, from, to);
            Move(_texts, from, to);
        }
        Count = to - from;

        static void Move<T>(T[] column, int from, int to)
        {
            if (column.Length > 0)
                column.AsSpan(from, to - from).CopyTo(column);
        }
    }

    /// <summary>Of points in order: the place of the first one that is not before this time.</summary>
    public int PlaceOf(long time)
    {
        var place = Times.BinarySearch(time);
        if (place < 0)
            return ~place;
        while (place > 0 && _times[place - 1] == time)
            place--;
        return place;
    }

    /// <summary>
    /// Puts them in the order of their times, those of one time as they were added, and leaves one of those that are the
    /// same in time and value.
    /// </summary>
    public void Sort()
    {
        if (IsInOrder())
            return;
        var order = new int[Count];
        for (var i = 0; i < order.Length; i++)
            order[i] = i;
        // a time and a place are never the same for two, so that an unstable sort is a stable one
        Array.Sort(order, (a, b) => _times[a] != _times[b] ? _times[a].CompareTo(_times[b]) : a.CompareTo(b));
        var kept = 0;
        // values of the time at hand: a device without a clock may give all of its messages the same one
        var known = new HashSet<(double, double, double, string?)>();
        for (var i = 0; i < order.Length; i++)
        {
            var isNextTime = kept == 0 || _times[order[kept - 1]] != _times[order[i]];
            var isAlone = i + 1 == order.Length || _times[order[i + 1]] != _times[order[i]];
            if (isNextTime)
                known.Clear();
            if ((isNextTime && isAlone) || known.Add(ValueOf(order[i])))
                order[kept++] = order[i];
        }
        var places = order.AsSpan(0, kept);
        Pick(ref _times, places);
        Pick(ref _numbers, places);
        Pick(ref _longitudes, places);
        Pick(ref _altitudes, places);
        Pick(ref _texts, places);
        Count = kept;
    }

    private bool IsInOrder()
    {
        var times = Times;
        for (var i = 1; i < times.Length; i++)
        {
            if (times[i] <= times[i - 1])
                return false;
        }
        return true;
    }

    private (double, double, double, string?) ValueOf(int at) =>
        kind switch
        {
            PointKind.Text => (0, 0, 0, _texts[at]),
            PointKind.Location => (_numbers[at], _longitudes[at], _altitudes[at], null),
            _ => (_numbers[at], 0, 0, null),
        };

    private static void Pick<T>(ref T[] column, ReadOnlySpan<int> places)
    {
        if (column.Length == 0)
            return;
        var picked = new T[column.Length];
        for (var i = 0; i < places.Length; i++)
            picked[i] = column[places[i]];
        column = picked;
    }

    /// <summary>As many as this, with what was there and nothing in particular beyond.</summary>
    public void Resize(int count)
    {
        if (count > _times.Length)
        {
            var size = Math.Max(count, 2 * _times.Length);
            Array.Resize(ref _times, size);
            if (kind == PointKind.Text)
                Array.Resize(ref _texts, size);
            else
                Array.Resize(ref _numbers, size);
            if (kind == PointKind.Location)
            {
                Array.Resize(ref _longitudes, size);
                Array.Resize(ref _altitudes, size);
            }
        }
        Count = count;
    }
}
