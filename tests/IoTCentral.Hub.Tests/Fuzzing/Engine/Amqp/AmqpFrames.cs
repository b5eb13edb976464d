using Amqp;
using Amqp.Framing;
using Amqp.Types;

namespace IoTCentral.Hub.Tests.Fuzzing;

/// <summary>Unspoilt frames of a kind, as a client might say them now.</summary>
internal sealed class AmqpFrames(Speaker who, Random random)
{
    private static readonly uint[] Links =
    [
        Handles.Events,
        Handles.Cloud,
        Handles.Calls,
        Handles.Answers,
        Handles.TwinReply,
        Handles.TwinAsk,
    ];

    // after what brought the connection into its state
    private uint _id = 100;

    public AmqpDraft Of(AmqpKind kind) =>
        kind switch
        {
            AmqpKind.HeaderAmqp => AmqpDraft.OfBytes(AmqpRecordings.Header),
            AmqpKind.HeaderSasl => AmqpDraft.OfBytes(AmqpRecordings.SaslHeader),
            AmqpKind.HeaderOdd => AmqpDraft.OfBytes([.. "AMQP"u8, (byte)random.Next(1, 3), 1, 0, (byte)random.Next(9)]),
            AmqpKind.SaslInit => SaslInit(),
            AmqpKind.SaslOther => SaslOther(),
            AmqpKind.Open => AmqpRecordings.Open().With(2, Any<object?>(null, 512u, 65536u, uint.MaxValue)),
            AmqpKind.Begin => AmqpRecordings.Begin() with { Channel = (ushort)random.Next(3) },
            >= AmqpKind.AttachCbs and <= AmqpKind.AttachOdd => Attach(kind),
            AmqpKind.FlowSession => new(0x13, 0u, 500u, 0u, 500u, null, null, null, null, null, random.Next(2) == 0),
            AmqpKind.FlowLink => new(
                0x13,
                0u,
                Any(500u, 0u),
                0u,
                500u,
                Any(Links),
                Any(0u, 2u),
                Any(50u, 0u, 1u, uint.MaxValue),
                null,
                random.Next(4) == 0,
                random.Next(2) == 0
            ),
            >= AmqpKind.TransferToken and <= AmqpKind.TransferOdd => Transfer(kind),
            AmqpKind.Disposition => AmqpRecordings.Disposition(
                Any(0u, 1u, _id),
                Any(0u, 2u, _id),
                Any(0x24UL, 0x25UL, 0x26UL, 0x27UL, 0x23UL),
                random.Next(3) > 0
            ),
            AmqpKind.Detach => new(0x16, Any(Links), random.Next(3) > 0),
            AmqpKind.End => new(0x17),
            AmqpKind.Close => new(0x18),
            AmqpKind.Empty => new(0),
            AmqpKind.Odd => random.Next(2) == 0 ? new(0x77, 1u) : new(0x13, 0u, 5u, 0u, 5u) { Type = 2 },
            AmqpKind.Unreadable => new(0) { Payload = [0, 0x53, 0x14, 0xC0, 200, 1] },
            AmqpKind.Unfinished => AmqpRecordings.Event(_id++, AmqpRecordings.Body(random)) with
            {
                SizeLie = 1 + random.Next(5000),
            },
            AmqpKind.TooSmall => AmqpDraft.OfBytes(0, 0, 0, (byte)random.Next(8), 2, 0, 0, 0),
            _ => AmqpRecordings.Event(_id++, "{}") with { Payload = new byte[Any(65_536, 70_000, 200_000)] },
        };

    private AmqpDraft SaslInit() =>
        random.Next(5) switch
        {
            0 => AmqpRecordings.PlainOf(who),
            1 => AmqpRecordings.PlainOfDps(who),
            var n => AmqpRecordings.Sasl(
                0x41,
                new Symbol(n == 2 ? "EXTERNAL" : Any("ANONYMOUS", "MSSBCBS", "TPM", "PLAIN", "CRAM-MD5")),
                Any<byte[]?>(null, [0], [0, 0], [.. "a\0b"u8]),
                "hub.example.com"
            ),
        };

    private AmqpDraft SaslOther() =>
        random.Next(4) switch
        {
            0 => AmqpRecordings.Sasl(0x40, new Symbol("PLAIN")),
            1 => AmqpRecordings.Sasl(0x42, new byte[] { 1 }),
            2 => AmqpRecordings.Sasl(0x43, new byte[] { 1 }),
            _ => AmqpRecordings.Sasl(0x44, (byte)0),
        };

    private AmqpDraft Attach(AmqpKind kind)
    {
        var handle = kind switch
        {
            AmqpKind.AttachCbs => Any(Handles.CbsAsk, Handles.CbsReply),
            AmqpKind.AttachCloud => Handles.Cloud,
            AmqpKind.AttachMethods => Any(Handles.Calls, Handles.Answers),
            AmqpKind.AttachTwin => Any(Handles.TwinAsk, Handles.TwinReply),
            AmqpKind.AttachDps => Any(Handles.DpsAsk, Handles.DpsReply),
            AmqpKind.AttachForeign => Any(Links),
            AmqpKind.AttachOdd => Handles.Nobody,
            _ => Handles.Events,
        };
        // beside the links that are there, or in their place
        var taken = random.Next(3) == 0 ? handle : handle + Any(10u, 20u);
        var address =
            kind == AmqpKind.AttachForeign
                ? AmqpRecordings.AddressOf(handle, who).Replace(who.Id, World.BystanderId, StringComparison.Ordinal)
            : kind == AmqpKind.AttachOdd ? Any("", "/", "/devices", $"/devices/{who.Id}", "$management", "x/y/z")
            : AmqpRecordings.AddressOf(handle, who);
        return AmqpRecordings.Attach(handle, address).With(1, taken);
    }

    private AmqpDraft Transfer(AmqpKind kind)
    {
        var id = _id++;
        return kind switch
        {
            AmqpKind.TransferToken => AmqpRecordings.Token(who, id, Any(null, null, World.BystanderId)),
            AmqpKind.TransferEvent => AmqpRecordings.Event(id, AmqpRecordings.Body(random)),
            AmqpKind.TransferBatch => AmqpRecordings.Transfer(
                Handles.Events,
                id,
                AmqpRecordings.Batch(random),
                format: AmqpWire.BatchFormat
            ),
            AmqpKind.TransferAnswer => AmqpRecordings.Transfer(Handles.Answers, id, Answer()),
            AmqpKind.TransferTwin => Any(
                AmqpRecordings.Twin(id, "GET", null, ""),
                AmqpRecordings.Twin(id, "PATCH", "/properties/reported", """{"a":{"b":[1,null]}}"""),
                AmqpRecordings.Twin(id, "PUT", "/notifications/twin/properties/desired", ""),
                AmqpRecordings.Twin(id, "DELETE", "/notifications/twin/properties/desired", "")
            ),
            AmqpKind.TransferDps => AmqpRecordings.Register(
                id,
                who,
                Any("iotdps-register", "iotdps-get-operationstatus", "iotdps-get-registration")
            ),
            AmqpKind.TransferPart => AmqpRecordings.Transfer(
                Any(Handles.Events, Handles.Events, Handles.TwinAsk),
                id,
                AmqpRecordings.Data(new string('p', Any(10, 3000, 60_000))),
                isMore: true
            ),
            AmqpKind.TransferAborted => AmqpRecordings.Event(id, "{}").With(9, true),
            _ => AmqpRecordings.Event(id, "{}").With(0, Any(Handles.Nobody, Handles.Cloud, uint.MaxValue)),
        };
    }

    private static byte[] Answer() =>
        AmqpRecordings.Data(
            "{}",
            m =>
            {
                m.Properties = new Properties();
                m.Properties.SetCorrelationId(Guid.Empty);
                m.ApplicationProperties = new ApplicationProperties { ["IoThub-status"] = 200 };
            }
        );

    private T Any<T>(params T[] some) => Recordings.Any(random, some);
}
