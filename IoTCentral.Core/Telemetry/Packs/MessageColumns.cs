using IoTCentral.Core.Telemetry.Series;

namespace IoTCentral.Core.Telemetry.Packs;

/// <summary>
/// Messages as columns, their bytes one after the other: half a million of them are a few arrays to the garbage collector.
/// Used again and again; it grows and never shrinks.
/// </summary>
public sealed class MessageColumns
{
    private const int FirstSize = 1_024;

    private Row[] _rows = new Row[FirstSize];
    private byte[] _bytes = new byte[64 * FirstSize];
    private int _length;

    public int Count { get; private set; }

    /// <summary>Of all bodies and properties.</summary>
    public int Bytes => _length;

    public void Clear()
    {
        _rows.AsSpan(0, Count).Clear();
        (Count, _length) = (0, 0);
    }

    /// <summary>Adds one, and a copy of its bytes.</summary>
    /// <param name="properties">Null: it has none.</param>
    public void Add(in Row row, ReadOnlySpan<byte> body, byte[]? properties)
    {
        if (Count == _rows.Length)
            Array.Resize(ref _rows, 2 * _rows.Length);
        var length = body.Length + (properties?.Length ?? 0);
        if (_length + length > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, _length + length));
        _rows[Count++] = row with
        {
            Start = _length,
            BodyLength = body.Length,
            PropertiesLength = properties?.Length ?? -1,
        };
        body.CopyTo(_bytes.AsSpan(_length));
        properties?.CopyTo(_bytes.AsSpan(_length + body.Length));
        _length += length;
    }

    public void Add(int tenantId, long deviceKey, RawMessage message) =>
        Add(
            new()
            {
                TenantId = tenantId,
                DeviceKey = deviceKey,
                Position = message.Position,
                Time = BucketClock.MicrosecondsOf(message.MessageTime),
                Received = BucketClock.MicrosecondsOf(message.Received),
                Flags = message.Flags,
                Component = message.Component,
            },
            message.Body,
            message.Properties
        );

    public ref readonly Row this[int place] => ref _rows[place];

    public ReadOnlySpan<byte> BodyOf(int place) => _bytes.AsSpan(_rows[place].Start, _rows[place].BodyLength);

    /// <summary>Empty when there are none.</summary>
    public ReadOnlySpan<byte> PropertiesOf(int place)
    {
        ref readonly var row = ref _rows[place];
        return _bytes.AsSpan(row.Start + row.BodyLength, Math.Max(0, row.PropertiesLength));
    }

    /// <summary>Their places device by device; of a device as they were added.</summary>
    public int[] ByDevice()
    {
        var devices = new long[Count];
        var places = new int[Count];
        for (var i = 0; i < places.Length; i++)
            (devices[i], places[i]) = (_rows[i].DeviceKey, i);
        // by numbers alone, which is many times faster than by comparing rows; then each device's places by themselves
        Array.Sort(devices, places);
        for (int from = 0, to; from < places.Length; from = to)
        {
            for (to = from + 1; to < places.Length && devices[to] == devices[from]; )
                to++;
            places.AsSpan(from, to - from).Sort();
        }
        return places;
    }

    /// <summary>Puts places of one device in the order of message time, and of one time of the log.</summary>
    public void SortByTime(Span<int> places)
    {
        var isInOrder = true;
        for (var i = 1; i < places.Length && isInOrder; i++)
            isInOrder = ByTime(_rows[places[i - 1]], _rows[places[i]]) <= 0;
        if (!isInOrder)
            places.Sort((a, b) => ByTime(_rows[a], _rows[b]));
    }

    private static int ByTime(in Row one, in Row other) =>
        one.Time != other.Time ? one.Time.CompareTo(other.Time) : one.Position.CompareTo(other.Position);

    /// <summary>What is known of a message besides its bytes. Times are microseconds since 1970 UTC.</summary>
    public readonly record struct Row
    {
        public required int TenantId { get; init; }
        public required long DeviceKey { get; init; }
        public required long Position { get; init; }
        public required long Time { get; init; }
        public required long Received { get; init; }
        public required MessageFlags Flags { get; init; }
        public required string Component { get; init; }
        public int BodyLength { get; init; }

        /// <summary>-1: it has none.</summary>
        public int PropertiesLength { get; init; }
        internal int Start { get; init; }
    }
}
