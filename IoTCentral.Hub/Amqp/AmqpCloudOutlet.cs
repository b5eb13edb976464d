using System.Text;
using Amqp.Framing;
using Amqp.Types;
using IoTCentral.Core.CloudToDevice;
using IoTCentral.Hub.Amqp.Wire;
using IoTCentral.Hub.CloudToDevice;

namespace IoTCentral.Hub.Amqp;

/// <summary>Messages to a device by AMQP: it completes, refuses or puts back each by its outcome (contract §5).</summary>
internal sealed class AmqpCloudOutlet(AmqpConnection connection, string path) : ICloudOutlet
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, Action<CloudEnding, Action<bool>?>> _inHand = [];
    private SendingLink? _link;

    private string Escaped { get; } = string.Join('/', path.Split('/').Select(Uri.EscapeDataString));

    public CancellationToken Ended => connection.Ended;

    public int Room => Volatile.Read(ref _link)?.Credit ?? 0;

    /// <param name="signal">To be called when the device takes more.</param>
    public bool Open(SendingLink link, Action signal, Action closed)
    {
        link.CreditCame = signal;
        if (Interlocked.Exchange(ref _link, link) is { } before)
        {
            before.Replaced();
            PutBack();
        }

        return link.Open(() =>
        {
            if (Interlocked.CompareExchange(ref _link, null, link) == link)
                PutBack();
            closed();
        });
    }

    public void Send(CloudMessage message, Action<CloudEnding, Action<bool>?> end)
    {
        var token = message.LockToken!.Value;
        lock (_lock)
            _inHand[token] = end;
        var bytes = OutgoingMessage.Encode(m => Fill(m, message, token), message.Body);
        var outgoing = new Outgoing(bytes, token.ToByteArray(), outcome => Settled(token, outcome));
        if (Volatile.Read(ref _link)?.Send(outgoing) != true)
            Take(token)?.Invoke(CloudEnding.Abandon, null);
    }

    private void Settled(Guid token, SentOutcome outcome)
    {
        var (how, state) = outcome.State switch
        {
            Accepted accepted => (CloudEnding.Complete, (Outcome)accepted),
            Rejected rejected => (CloudEnding.Reject, rejected),
            _ => (CloudEnding.Abandon, new Released()),
        };
        Take(token)
            ?.Invoke(
                how,
                outcome.Answer is { } answer
                    ? isEnded => answer(isEnded ? state : new Rejected { Error = LockLost() })
                    : null
            );
    }

    /// <summary>The link is gone, the device perhaps not: what it had in hand goes back to the queue.</summary>
    private void PutBack()
    {
        List<Guid> tokens;
        lock (_lock)
            tokens = [.. _inHand.Keys];
        foreach (var token in tokens)
            Take(token)?.Invoke(CloudEnding.Abandon, null);
    }

    private Action<CloudEnding, Action<bool>?>? Take(Guid token)
    {
        lock (_lock)
            return _inHand.Remove(token, out var end) ? end : null;
    }

    private Error LockLost() =>
        AmqpErrors.Of(
            AmqpErrors.LockLost,
            "The lock of this message is over. It will be given again.",
            connection.Time.GetUtcNow()
        );

    private void Fill(global::Amqp.Message to, CloudMessage message, Guid token)
    {
        to.Properties = new Properties
        {
            To = $"/devices/{Escaped}/messages/deviceBound",
            AbsoluteExpiryTime = message.Expires.UtcDateTime,
        };
        if (message.MessageId is { } id)
            to.Properties.MessageId = id;
        if (message.CorrelationId is { } correlation)
            to.Properties.CorrelationId = correlation;
        if (message.UserId is { } user)
            to.Properties.UserId = Encoding.UTF8.GetBytes(user);
        if (message.ContentType is { } type)
            to.Properties.ContentType = new Symbol(type);
        if (message.ContentEncoding is { } encoding)
            to.Properties.ContentEncoding = new Symbol(encoding);
        to.MessageAnnotations = new MessageAnnotations
        {
            [new Symbol("x-opt-lock-token")] = token,
            [new Symbol("x-opt-sequence-number")] = message.Sequence,
            [new Symbol("iothub-enqueuedtime")] = message.Enqueued.UtcDateTime,
            [new Symbol("iothub-deliverycount")] = (uint)message.DeliveryCount,
        };
        to.ApplicationProperties = new ApplicationProperties
        {
            ["iothub-ack"] = message.Ack.ToString().ToLowerInvariant(),
        };
        foreach (var (name, value) in message.Properties)
            to.ApplicationProperties[name] = value;
    }
}
