using System.Text;
using CsCheck;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Telemetry.Chunks;
using IoTCentral.Core.Telemetry.Packs;

namespace IoTCentral.Core.Tests.Telemetry.Packs;

public sealed class PackCodecTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 24, 8, 0, 0, TimeSpan.Zero);

    private static readonly Gen<RawMessage> AnyMessage =
        from position in Gen.Long[1, long.MaxValue]
        from time in Gen.Frequency(
            (9, Gen.Long[0, 3_600_000_000]),
            (1, Gen.Long[-60_000_000_000_000, 60_000_000_000_000])
        )
        from delay in Gen.Long[-300_000_000, 9_000_000_000]
        from flags in Gen.Short[0, 31]
        from component in Gen.Frequency((5, Gen.Const("")), (1, Gen.String[Gen.Char[' ', '~'], 0, 9]))
        from body in Gen.Byte.Array[0, 90]
        from properties in Gen.Byte.Array[0, 20].Null()
        select new RawMessage
        {
            Position = position,
            MessageTime = Start.AddMicroseconds(time),
            Received = Start.AddMicroseconds(time + delay),
            Flags = (MessageFlags)flags,
            Component = component,
            Body = body,
            Properties = properties,
        };

    [Fact]
    public void What_was_packed_comes_back_as_it_was() =>
        AnyMessage
            .Array[1, 60]
            .Sample(
                messages =>
                {
                    var writer = new ByteWriter();
                    Write(writer, messages);
                    Assert.Equal(messages.Select(Text), new PackCodec().Read(writer.Written).Select(Text));
                },
                iter: 2_000
            );

    [Fact]
    public void Alike_messages_take_a_small_part_of_their_bytes()
    {
        var random = new Random(3);
        RawMessage[] messages =
        [
            .. Enumerable
                .Range(0, 360)
                .Select(i => new RawMessage
                {
                    Position = 1_000_000 + (i * 977),
                    MessageTime = Start.AddSeconds(10 * i),
                    Received = Start.AddSeconds(10 * i).AddMilliseconds(random.Next(40)),
                    Component = "",
                    Body = Encoding.UTF8.GetBytes(
                        $$"""{"temperature":{{20 + random.Next(100)}}.25,"humidity":{{40 + random.Next(10)}}}"""
                    ),
                }),
        ];
        var writer = new ByteWriter();

        Write(writer, messages);

        Assert.InRange(writer.Length, 1, messages.Sum(m => m.Body.Length) / 4);
    }

    [Theory]
    [InlineData("")]
    [InlineData("02")]
    [InlineData("0100")]
    [InlineData("01FF7F")]
    public void Bytes_that_are_no_pack_are_refused(string bytes) =>
        Assert.Throws<ChunkFormatException>(() => new PackCodec().Read(Convert.FromHexString(bytes)));

    [Fact]
    public void Spoilt_bytes_are_refused_or_read_and_never_anything_else() =>
        Gen.Select(AnyMessage.Array[1, 20], Gen.Int[0, 10_000], Gen.Byte)
            .Sample(
                (messages, at, value) =>
                {
                    var codec = new PackCodec();
                    var writer = new ByteWriter();
                    Write(writer, messages);
                    var bytes = writer.Written.ToArray();
                    bytes[at % bytes.Length] = value;
                    try
                    {
                        Assert.NotEmpty(codec.Read(bytes));
                    }
                    catch (ChunkFormatException)
                    {
                        // what was to come
                    }
                },
                iter: 5_000
            );

    /// <summary>By content; what a version wrote is never changed, a new version adds its own.</summary>
    [Fact]
    public void What_version_1_wrote_is_read()
    {
        const string written =
            "010300030050010E018080C88DA3C0B00603010000D0A54C0001B817000000000400000800020006000470756D70010001000200014E05001D003B00050020060001651364000004C26DA52A87514404CB5A5358F45F744B226CC0097880910EB8DA3E6CC049C045CFE5CAB7EE6EBE15A925D79638D64D119AC253237EBF85EDE625E6E30361F95C3C";
        RawMessage[] messages =
        [
            Fixed(7, 0, "", """{"temperature":20.25,"state":"running"}""", null),
            Fixed(9, 10_000_000, "pump", """{"temperature":20.5,"state":"running"}""", """{"$.sub":"pump"}"""),
            Fixed(12, 10_000_000, "", "not JSON", ""),
        ];

        Assert.Equal(messages.Select(Text), new PackCodec().Read(Convert.FromHexString(written)).Select(Text));

        static RawMessage Fixed(long position, long time, string component, string body, string? properties) =>
            new()
            {
                Position = position,
                MessageTime = Start.AddMicroseconds(time),
                Received = Start.AddMicroseconds(time + 1_500),
                Flags = body[0] == '{' ? MessageFlags.None : MessageFlags.NotJson,
                Component = component,
                Body = Encoding.UTF8.GetBytes(body),
                Properties = properties is null ? null : Encoding.UTF8.GetBytes(properties),
            };
    }

    private static void Write(ByteWriter writer, RawMessage[] messages)
    {
        var columns = new MessageColumns();
        foreach (var message in messages)
            columns.Add(1, 2, message);
        new PackCodec().Write(writer, columns, [.. Enumerable.Range(0, messages.Length)]);
    }

    private static string Text(RawMessage m) =>
        $"{m.Position} {m.MessageTime:O} {m.Received:O} {m.Flags} {m.Component} {Convert.ToHexString(m.Body)} "
        + (m.Properties is null ? "none" : Convert.ToHexString(m.Properties));
}
