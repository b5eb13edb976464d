using System.Text;
using Amqp;
using Amqp.Framing;
using Amqp.Types;

namespace IoTCentral.Hub.Tests.Fuzzing;

/// <summary>AMQP sessions as the SDKs have them, frame by frame: what is mutated.</summary>
internal static class AmqpRecordings
{
    public static readonly byte[] Header = [.. "AMQP"u8, 0, 1, 0, 0];
    public static readonly byte[] SaslHeader = [.. "AMQP"u8, 3, 1, 0, 0];

    /// <summary>What a device says once it is signed in, in the order it says it.</summary>
    public static IReadOnlyList<AmqpKind> Hub { get; } =
    [
        AmqpKind.AttachCbs,
        AmqpKind.TransferToken,
        AmqpKind.AttachEvents,
        AmqpKind.TransferEvent,
        AmqpKind.TransferPart,
        AmqpKind.TransferPart,
        AmqpKind.TransferEvent,
        AmqpKind.AttachCloud,
        AmqpKind.FlowLink,
        AmqpKind.Disposition,
        AmqpKind.AttachTwin,
        AmqpKind.TransferTwin,
        AmqpKind.FlowSession,
        AmqpKind.TransferTwin,
        AmqpKind.AttachMethods,
        AmqpKind.TransferAnswer,
        AmqpKind.TransferBatch,
        AmqpKind.Empty,
        AmqpKind.TransferToken,
        AmqpKind.TransferEvent,
        AmqpKind.TransferAborted,
        AmqpKind.Detach,
        AmqpKind.End,
        AmqpKind.Begin,
        AmqpKind.Close,
    ];

    /// <inheritdoc cref="Hub"/>
    public static IReadOnlyList<AmqpKind> Dps { get; } =
    [
        AmqpKind.AttachDps,
        AmqpKind.AttachDps,
        AmqpKind.FlowLink,
        AmqpKind.TransferDps,
        AmqpKind.Disposition,
        AmqpKind.TransferDps,
        AmqpKind.Detach,
        AmqpKind.End,
        AmqpKind.Close,
    ];

    /// <summary>How each of them begins.</summary>
    public static IReadOnlyList<AmqpKind> Beginning { get; } =
    [AmqpKind.HeaderSasl, AmqpKind.SaslInit, AmqpKind.HeaderAmqp, AmqpKind.Open, AmqpKind.Begin];

    public static AmqpDraft Plain(string user, string password) =>
        Sasl(0x41, new Symbol("PLAIN"), Encoding.UTF8.GetBytes($"\0{user}\0{password}"));

    public static AmqpDraft PlainOf(Speaker who) => Plain($"{who.Id}@sas.hub", who.Hub.Password);

    public static AmqpDraft PlainOfDps(Speaker who) => Plain($"{who.Scope}/registrations/{who.Id}", who.Dps.Password);

    public static AmqpDraft Sasl(ulong code, params object?[] fields) => new(code, fields) { Type = 1 };

    public static AmqpDraft Open() => new(0x10, "fuzz", "hub.example.com", 65536u, (ushort)1000, 0u);

    public static AmqpDraft Begin() => new(0x11, null, 0u, 500u, 500u, 63u);

    public static AmqpDraft Attach(uint handle, string address) =>
        new(
            0x12,
            $"l{handle}",
            handle,
            IsReceiver(handle),
            (byte)0,
            (byte)0,
            IsReceiver(handle) ? AmqpDraft.Part(0x28, address) : AmqpDraft.Part(0x28),
            IsReceiver(handle) ? AmqpDraft.Part(0x29) : AmqpDraft.Part(0x29, address),
            null,
            null,
            IsReceiver(handle) ? null : 0u
        );

    public static AmqpDraft Attach(uint handle, Speaker who) => Attach(handle, AddressOf(handle, who));

    public static AmqpDraft Credit(uint handle) => new(0x13, 0u, 500u, 0u, 500u, handle, 0u, 50u);

    public static AmqpDraft Transfer(uint handle, uint id, byte[] message, bool isMore = false, uint format = 0) =>
        new(0x14, handle, id, BitConverter.GetBytes(id), format, false, isMore) { Payload = message };

    public static AmqpDraft Token(Speaker who, uint id, string? name = null) =>
        Transfer(
            Handles.CbsAsk,
            id,
            Bytes(
                new Message
                {
                    Properties = new Properties { MessageId = $"t{id}", ReplyTo = "cbs" },
                    ApplicationProperties = new ApplicationProperties
                    {
                        ["operation"] = "put-token",
                        ["type"] = "servicebus.windows.net:sastoken",
                        ["name"] = $"hub.example.com/devices/{name ?? who.Id}",
                    },
                    BodySection = new AmqpValue { Value = who.Hub.Password },
                }
            )
        );

    public static AmqpDraft Event(uint id, string body) => Transfer(Handles.Events, id, Data(body));

    public static AmqpDraft Twin(uint id, string operation, string? resource, string body) =>
        Transfer(
            Handles.TwinAsk,
            id,
            Data(
                body,
                m =>
                {
                    m.Properties = new Properties { CorrelationId = $"c{id}" };
                    m.MessageAnnotations = new MessageAnnotations
                    {
                        [new Symbol("operation")] = operation,
                        [new Symbol("resource")] = resource,
                    };
                }
            )
        );

    public static AmqpDraft Register(uint id, Speaker who, string operation = "iotdps-register") =>
        Transfer(
            Handles.DpsAsk,
            id,
            Data(
                $$"""{"registrationId":"{{who.Id}}"}""",
                m =>
                {
                    m.Properties = new Properties { CorrelationId = $"c{id}" };
                    m.ApplicationProperties = new ApplicationProperties
                    {
                        ["iotdps-operation-type"] = operation,
                        ["iotdps-operation-id"] = "4.0123456789abcdef.5e0f",
                    };
                }
            )
        );

    public static AmqpDraft Disposition(uint first, uint last, ulong state, bool isSettled = true) =>
        new(0x15, true, first, last, isSettled, AmqpDraft.Part(state));

    public static byte[] Data(string body, Action<Message>? fill = null)
    {
        var message = new Message
        {
            BodySection = new global::Amqp.Framing.Data { Binary = Encoding.UTF8.GetBytes(body) },
        };
        fill?.Invoke(message);
        return Bytes(message);
    }

    public static byte[] Batch(Random random)
    {
        var all = new DataList();
        for (var n = 1 + random.Next(3); n > 0; n--)
            all.Add(new global::Amqp.Framing.Data { Binary = Data(Body(random)) });
        return Bytes(new Message { BodySection = all });
    }

    public static string Body(Random random) => $$"""{"t":{{random.Next(1_000_000)}}}""";

    public static string AddressOf(uint handle, Speaker who) =>
        handle switch
        {
            Handles.CbsAsk or Handles.CbsReply => "$cbs",
            Handles.Events => $"/devices/{who.Id}/messages/events",
            Handles.Cloud => $"/devices/{who.Id}/messages/deviceBound",
            Handles.Calls or Handles.Answers => $"/devices/{who.Id}/methods/deviceBound",
            Handles.TwinAsk or Handles.TwinReply => $"/devices/{who.Id}/twin",
            Handles.DpsAsk or Handles.DpsReply => $"{who.Scope}/registrations/{who.Id}",
            _ => "/nowhere",
        };

    public static bool IsReceiver(uint handle) =>
        handle is Handles.CbsReply or Handles.Cloud or Handles.Calls or Handles.TwinReply or Handles.DpsReply;

    private static byte[] Bytes(Message message)
    {
        var buffer = message.Encode();
        return buffer.Buffer.AsSpan(buffer.Offset, buffer.Length).ToArray();
    }
}
