using System.Globalization;
using System.Text;

namespace IoTCentral.Hub.Tests.Fuzzing;

/// <summary>Spoils packets where it may hurt: flags, lengths, ids, topics, property bags, JSON.</summary>
internal sealed class Mutator(Random random, string otherId)
{
    private static readonly string[] Texts =
    [
        "",
        "\0",
        "#",
        "+",
        "/",
        "$",
        "%",
        "%2",
        "%zz",
        "%00",
        "%24",
        "&",
        "=",
        "&&&",
        "==",
        "?",
        "../",
        "ä",
        "\uFFFF",
        "😀",
        new('a', 300),
        new('/', 200),
    ];

    private static readonly string[] BagEnds =
    [
        "&%24.mid=",
        "&%24.mid=x&%24.mid=y",
        "&iothub-creation-time-utc=never",
        "&iothub-creation-time-utc=9999-12-31T23:59:59Z",
        "&iothub-creation-time-utc=0001-01-01T00:00:00%2B14:00",
        "&%24.sub=%00%01",
        "&%24.ct=%FF%FE",
        "&=v",
        "&%24.=x",
        "&$version=-1",
        "&$version=99999999999999999999",
        "&$rid=2",
        "&$rid=",
        "&retry-after=3",
        "/",
        "//",
    ];

    private static readonly string[] Values =
    [
        "null",
        "1e999",
        "-0",
        "9007199254740993",
        "1E-400",
        "true",
        "\"\\u0000\"",
        "\"\\ud800\"",
        "\"\\\"",
        "[[[[[[[[[[[[1]]]]]]]]]]]]",
        "{\"a\":1,\"a\":2}",
        "{\"$version\":7}",
        "{\"a.b\":1}",
        "{\"\":0}",
        "NaN",
        "'x'",
        "[]",
        "{",
        new('[', 70),
        "\"" + new string('x', 5000) + "\"",
    ];

    public Draft Spoil(Draft draft)
    {
        for (var n = random.Next(1, 4); n > 0; n--)
            draft = SpoilOnce(draft);
        return draft;
    }

    /// <summary>Bytes without a plan, besides.</summary>
    public byte[] SpoilBytes(byte[] packet)
    {
        if (packet.Length == 0)
            return packet;
        var at = random.Next(packet.Length);
        switch (random.Next(5))
        {
            case 0:
                return packet[..at];
            case 1:
                return [.. packet[..at], .. Noise(8), .. packet[at..]];
            case 2:
                return [.. packet[..at], .. packet[Math.Min(packet.Length, at + random.Next(6))..]];
            default:
                var changed = (byte[])packet.Clone();
                changed[at] =
                    random.Next(2) == 0 ? (byte)random.Next(256) : (byte)(changed[at] ^ (1 << random.Next(8)));
                return changed;
        }
    }

    private Draft SpoilOnce(Draft draft) =>
        random.Next(10) switch
        {
            0 => draft with { Header = draft.Header ^ (1 << random.Next(8)) },
            1 => draft with { Header = (draft.Header & 0xF0) | random.Next(16) },
            2 => draft with { LengthLie = Recordings.Any(random, 1, -1, 2, -2, 7, -7, 200, 70_000, 300_000_000) },
            3 => draft with { LengthBytes = random.Next(1, 6) },
            4 => SpoilOrder(draft),
            _ => SpoilField(draft),
        };

    private Draft SpoilOrder(Draft draft)
    {
        var fields = draft.Fields.ToList();
        if (fields.Count == 0)
            return draft with { Fields = [new(FieldKind.Json, Noise(10))] };
        var at = random.Next(fields.Count);
        switch (random.Next(4))
        {
            case 0:
                fields.RemoveAt(at);
                break;
            case 1:
                fields.Insert(at, fields[random.Next(fields.Count)]);
                break;
            case 2:
                (fields[at], fields[0]) = (fields[0], fields[at]);
                break;
            default:
                fields.Add(new(FieldKind.Json, Noise(40)));
                break;
        }

        return draft with
        {
            Fields = fields,
        };
    }

    private Draft SpoilField(Draft draft)
    {
        if (draft.Fields.Count == 0)
            return draft;
        var at = random.Next(draft.Fields.Count);
        var field = draft.Fields[at];
        var spoilt = field.Kind switch
        {
            FieldKind.Byte => Field.OfByte(Recordings.Any(random, 0, 1, 2, 3, 5, 0x7F, 0x80, 0xFF, random.Next(256))),
            FieldKind.Word => Field.OfWord(Recordings.Any(random, 0, 1, 2, 3, 0x7FFF, 0xFFFF, random.Next(65536))),
            FieldKind.Text => SpoilText(field),
            FieldKind.Topic => random.Next(3) == 0 ? SpoilText(field) : SpoilTopic(field.Words),
            _ => SpoilJson(field),
        };
        return draft with { Fields = [.. draft.Fields.Take(at), spoilt, .. draft.Fields.Skip(at + 1)] };
    }

    private Field SpoilText(Field field)
    {
        var words = field.Words;
        var at = random.Next(words.Length + 1);
        return random.Next(5) switch
        {
            0 => field with { LengthLie = Recordings.Any(random, 1, -1, 10, -10, 60_000) },
            1 => field with { Value = Encoding.UTF8.GetBytes(words.Insert(at, Recordings.Any(random, Texts))) },
            2 => field with { Value = Encoding.UTF8.GetBytes(words[..at]) },
            3 => field with
            {
                Value =
                [
                    .. field.Value,
                    .. Recordings.Any<byte[]>(random, [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0]),
                ],
            },
            _ => field with { Value = Encoding.UTF8.GetBytes(words.ToUpperInvariant()) },
        };
    }

    private Field SpoilTopic(string topic)
    {
        var levels = topic.Split('/');
        var at = random.Next(levels.Length);
        switch (random.Next(8))
        {
            case 0 when levels.Length > 1:
                levels[1] = otherId;
                break;
            case 1 when levels.Length > 1:
                levels[1] = string.Concat(
                    levels[1].Select(c => string.Create(CultureInfo.InvariantCulture, $"%{(int)c:x2}"))
                );
                break;
            case 2:
                levels[at] = Recordings.Any(random, Texts);
                break;
            case 3:
                return Field.OfTopic(topic + Recordings.Any(random, BagEnds));
            case 4:
                return Field.OfTopic(topic.Replace("%24", "$", StringComparison.Ordinal));
            case 5:
                return Field.OfTopic(
                    topic.Replace("$rid=", "$rid=" + Recordings.Any(random, Texts), StringComparison.Ordinal)
                );
            case 6:
                return Field.OfTopic(topic + new string('x', Recordings.Any(random, 100, 4000, 60_000)));
            default:
                return Field.OfTopic(string.Join('/', levels.Where((_, i) => i != at)));
        }

        return Field.OfTopic(string.Join('/', levels));
    }

    private Field SpoilJson(Field field)
    {
        var json = field.Words;
        var at = random.Next(json.Length + 1);
        var value = Recordings.Any(random, Values);
        return random.Next(6) switch
        {
            0 => Field.OfJson(json[..at]),
            1 => Field.OfJson(value),
            2 => Field.OfJson($$"""{"a":{{value}}}"""),
            3 => Field.OfJson(json.Insert(at, value)),
            4 => new(FieldKind.Json, Noise(200)),
            _ => Field.OfJson(
                $$"""{"big":"{{new string('y', Recordings.Any(random, 4097, 33_000, 140_000, 262_200))}}"}"""
            ),
        };
    }

    private byte[] Noise(int most)
    {
        var bytes = new byte[random.Next(most + 1)];
        random.NextBytes(bytes);
        return bytes;
    }
}
