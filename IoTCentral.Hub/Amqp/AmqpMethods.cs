using System.Buffers.Binary;
using System.Globalization;
using Amqp.Framing;
using IoTCentral.Core.Devices;
using IoTCentral.Hub.Amqp.Wire;
using IoTCentral.Hub.Methods;

namespace IoTCentral.Hub.Amqp;

/// <summary>Direct methods over a pair of links: calls go out by one, answers come by the other (contract §5).</summary>
internal sealed class AmqpMethods : IDeliverySink
{
    private const int MostCredit = 50;

    // The payload and what AMQP says around it.
    private const int MostBytes = MethodCall.MostBytes + 8 * 1024;

    // Calls are named by a UUID, since C# reads one: what names this device's session, and the number of the call.
    private readonly long _mine = Random.Shared.NextInt64();
    private readonly MethodCalls _calls;
    private SendingLink? _link;

    public AmqpMethods(TimeProvider time) => _calls = new MethodCalls(TrySend, time);

    public bool IsListening => Volatile.Read(ref _link) is not null;

    public Task<MethodAnswer> CallAsync(MethodCall call, CancellationToken ct) => _calls.CallAsync(call, ct);

    public void End() => _calls.End();

    /// <summary>The device listens by this link.</summary>
    public bool Open(SendingLink link, Action closed)
    {
        Interlocked.Exchange(ref _link, link)?.Replaced();
        return link.Open(() =>
        {
            Interlocked.CompareExchange(ref _link, null, link);
            closed();
        });
    }

    /// <summary>The device answers by this link.</summary>
    public bool Open(ReceivingLink link, Action closed) => link.Open(this, MostCredit, MostBytes, closed);

    public void Take(Delivery delivery)
    {
        if (delivery.IsTooLarge || IncomingMessage.TryRead(delivery.Bytes) is not { } answer)
        {
            delivery.Reject(AmqpErrors.Decode, "It is no answer to a direct method, or longer than 128 KB.");
            return;
        }

        if (
            FindNumber(answer.CorrelationId) is { } number
            && int.TryParse(answer.FindApplication("IoThub-status"), CultureInfo.InvariantCulture, out var status)
        )
            _calls.Answer(number, status, answer.Body);
        // Not one of ours, or too late: nobody waits.
        delivery.Accept();
    }

    private bool TrySend(MethodCall call, long number) =>
        Volatile.Read(ref _link) is { } link
        && link.Send(
            new Outgoing(
                OutgoingMessage.Encode(
                    m =>
                    {
                        m.Properties = new Properties();
                        m.Properties.SetCorrelationId(NameOf(number));
                        m.ApplicationProperties = new ApplicationProperties { ["IoThub-methodname"] = call.Name };
                    },
                    call.Payload
                )
            )
        );

    private Guid NameOf(long number)
    {
        Span<byte> name = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(name, _mine);
        BinaryPrimitives.WriteInt64BigEndian(name[8..], number);
        return new Guid(name, bigEndian: true);
    }

    private long? FindNumber(object? correlation)
    {
        if (correlation is not Guid name && !Guid.TryParse(correlation as string, out name))
            return null;
        Span<byte> bytes = stackalloc byte[16];
        name.TryWriteBytes(bytes, bigEndian: true, out _);
        return BinaryPrimitives.ReadInt64BigEndian(bytes) == _mine
            ? BinaryPrimitives.ReadInt64BigEndian(bytes[8..])
            : null;
    }
}
