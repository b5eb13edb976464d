using System.Collections.Concurrent;
using System.Text.Json;

namespace IoTCentral.Core.Telemetry;

/// <summary>
/// Keeps one string per telemetry name, so that reading a message allocates no names. Names come from devices, so the
/// table is bounded: beyond the bound names are plain strings again.
/// </summary>
internal static class NameTable
{
    // A template has at most some hundred names; 50,000 serve hundreds of templates and hold ~5 MB at most.
    private const int MaxNames = 50_000;
    private const int MaxLength = 128;

    private static readonly ConcurrentDictionary<string, string> Names = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> Lookup =
        Names.GetAlternateLookup<ReadOnlySpan<char>>();
    private static readonly ConcurrentDictionary<(string, string), string> Joined = new();
    private static int _count;

    public static string Intern(ref Utf8JsonReader reader)
    {
        if (reader.ValueIsEscaped || reader.HasValueSequence || reader.ValueSpan.Length > MaxLength)
            return reader.GetString()!;
        Span<char> chars = stackalloc char[MaxLength];
        var length = reader.CopyString(chars);
        if (Lookup.TryGetValue(chars[..length], out var known))
            return known;
        var name = new string(chars[..length]);
        if (Volatile.Read(ref _count) >= MaxNames || !Names.TryAdd(name, name))
            return name;
        Interlocked.Increment(ref _count);
        return name;
    }

    public static string Join(string prefix, string name)
    {
        if (Joined.TryGetValue((prefix, name), out var known))
            return known;
        var joined = $"{prefix}.{name}";
        if (Joined.Count < MaxNames / 10)
            Joined.TryAdd((prefix, name), joined);
        return joined;
    }
}
