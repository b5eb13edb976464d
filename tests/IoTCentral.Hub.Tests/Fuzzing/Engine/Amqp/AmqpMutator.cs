using Amqp.Types;

namespace IoTCentral.Hub.Tests.Fuzzing;

/// <summary>Spoils AMQP frames where it may hurt: sizes, channels, handles, numbers, types, addresses, sections.</summary>
internal sealed class AmqpMutator(Random random)
{
    private static readonly uint[] Numbers =
    [
        0,
        1,
        2,
        8,
        63,
        64,
        255,
        1000,
        65_535,
        1 << 20,
        int.MaxValue,
        1u << 31,
        uint.MaxValue - 1,
        uint.MaxValue,
    ];

    private static readonly string[] Texts =
    [
        "",
        "\0",
        "/",
        "%",
        "%00",
        "%2F",
        "..",
        "ä",
        "😀",
        "$cbs",
        World.BystanderId,
        new('a', 300),
        new('/', 300),
    ];

    public AmqpDraft Spoil(AmqpDraft draft)
    {
        if (draft.Raw is { } raw)
            return AmqpDraft.OfBytes(new Mutator(random, World.BystanderId).SpoilBytes(raw));
        for (var n = random.Next(1, 4); n > 0; n--)
            draft = SpoilOnce(draft);
        return draft;
    }

    private AmqpDraft SpoilOnce(AmqpDraft draft) =>
        random.Next(14) switch
        {
            0 => draft with { SizeLie = Any(1, -1, 4, -4, -9, 200, 70_000, int.MaxValue) },
            1 => draft with { Offset = Any<byte>(0, 1, 3, 4, 255) },
            2 => draft with { Type = Any<byte>(0, 1, 2, 255) },
            3 => draft with { Channel = Any<ushort>(1, 2, 3, 1000, 1001, 65_535) },
            4 => draft with { Code = (ulong)random.Next(0x10, 0x80) },
            5 or 6 when draft.Payload.Length > 0 => draft with { Payload = SpoilPayload(draft.Payload) },
            7 => SpoilOrder(draft),
            _ => SpoilField(draft),
        };

    private AmqpDraft SpoilOrder(AmqpDraft draft)
    {
        var fields = draft.Fields.ToList();
        var at = random.Next(fields.Count + 1);
        switch (random.Next(3))
        {
            case 0 when at < fields.Count:
                fields.RemoveRange(at, fields.Count - at);
                break;
            case 1 when at < fields.Count:
                fields.RemoveAt(at);
                break;
            default:
                fields.Insert(at, Value());
                break;
        }

        return draft with
        {
            Fields = [.. fields],
        };
    }

    private AmqpDraft SpoilField(AmqpDraft draft)
    {
        if (draft.Fields.Length == 0)
            return draft with { Payload = [.. draft.Payload, .. Noise(20)] };
        var at = random.Next(draft.Fields.Length);
        return draft.With(at, random.Next(3) == 0 ? Value() : SpoilValue(draft.Fields[at]));
    }

    /// <summary>Of the same type, so that it is understood.</summary>
    private object? SpoilValue(object? value) =>
        value switch
        {
            null => Value(),
            uint => Any(Numbers),
            ushort => (ushort)Any(Numbers),
            byte => (byte)random.Next(256),
            bool truth => !truth,
            string text => SpoilText(text),
            Symbol symbol => new Symbol(SpoilText(symbol.ToString())),
            byte[] bytes => random.Next(2) == 0 ? SpoilPayload(bytes) : new byte[Any(0, 33, 5000)],
            DescribedValue part => SpoilPart(part),
            _ => Value(),
        };

    private DescribedValue SpoilPart(DescribedValue part)
    {
        var fields = new List();
        foreach (var field in (List)part.Value)
            fields.Add(random.Next(2) == 0 ? SpoilValue(field) : field);
        if (fields.Count == 0)
            fields.Add(Value());
        return new(random.Next(4) == 0 ? (ulong)random.Next(0x20, 0x80) : part.Descriptor, fields);
    }

    private string SpoilText(string text)
    {
        var at = random.Next(text.Length + 1);
        return random.Next(5) switch
        {
            0 => text[..at],
            1 => text.ToUpperInvariant(),
            2 => text.Replace(World.FirstId, World.BystanderId, StringComparison.Ordinal),
            3 => Uri.EscapeDataString(text),
            _ => text.Insert(at, Any(Texts)),
        };
    }

    /// <summary>Any type there is.</summary>
    private object? Value()
    {
        switch (random.Next(16))
        {
            case 0:
                return null;
            case 1:
                return random.Next(2) == 0;
            case 2:
                return (byte)random.Next(256);
            case 3:
                return (ushort)random.Next(65_536);
            case 4:
                return Any(Numbers);
            case 5:
                return (ulong)Any(Numbers) << random.Next(33);
            case 6:
                return -random.Next();
            case 7:
                return Any(double.NaN, -0.0, 1e308);
            case 8:
                return new DateTime(random.NextInt64(DateTime.MaxValue.Ticks), DateTimeKind.Utc);
            case 9:
                return Guid.Empty;
            case 10:
                return Any(Texts);
            case 11:
                return new Symbol(Any(Texts));
            case 12:
                return Noise(100);
            case 13:
                return new Map
                {
                    [new Symbol("k")] = 1,
                    ["s"] = new List { null, 2u },
                };
            case 14:
                return Nested(random.Next(80));
            default:
                return AmqpDraft.Part((ulong)random.Next(0x20, 0x80), Any(Numbers), Any(Texts));
        }
    }

    private static List Nested(int depth)
    {
        var list = new List();
        for (; depth > 0; depth--)
            list = new List { list };
        return list;
    }

    private byte[] SpoilPayload(byte[] payload)
    {
        var bytes = (byte[])payload.Clone();
        var at = random.Next(bytes.Length + 1);
        switch (random.Next(5))
        {
            case 0:
                return bytes[..at];
            case 1:
                return [.. bytes[..at], .. Noise(12), .. bytes[at..]];
            case 2:
                // what AMQP's types begin with
                if (at < bytes.Length)
                    bytes[at] = Any<byte>(0, 0x40, 0x45, 0x53, 0x80, 0xA0, 0xB0, 0xC0, 0xC1, 0xD0, 0xD1, 0xF0);
                return bytes;
            case 3:
                return AmqpRecordings.Data(
                    Any("", " ", "null", "[[[", "\"\\ud800\"", new string('x', Any(4097, 33_000, 60_000)))
                );
            default:
                if (at < bytes.Length)
                    bytes[at] ^= (byte)(1 << random.Next(8));
                return bytes;
        }
    }

    private byte[] Noise(int most)
    {
        var bytes = new byte[random.Next(most + 1)];
        random.NextBytes(bytes);
        return bytes;
    }

    private T Any<T>(params T[] some) => Recordings.Any(random, some);
}
