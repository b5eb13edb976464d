namespace IoTCentral.Core.Telemetry.Chunks;

/// <summary>What reading and writing texts needs for a while; kept, so that it allocates only the texts.</summary>
internal sealed class TextScratch
{
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly ByteWriter _bytes = new();
    private string[] _texts = [];
    private long[] _codes = [];

    public int Count => _places.Count;

    /// <summary>The different texts, one after the other, each with its length.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.Written;

    public void Clear()
    {
        _places.Clear();
        _bytes.Clear();
    }

    public long CodeOf(string text)
    {
        if (_places.TryGetValue(text, out var place))
            return place;
        _places[text] = place = _places.Count;
        _bytes.Text(text);
        return place;
    }

    public Span<long> CodesFor(int count) => Sized(ref _codes, count);

    public Span<string> TextsFor(int count) => Sized(ref _texts, count);

    private static Span<T> Sized<T>(ref T[] array, int count)
    {
        if (array.Length < count)
            array = new T[Math.Max(count, 2 * array.Length)];
        return array.AsSpan(0, count);
    }
}
