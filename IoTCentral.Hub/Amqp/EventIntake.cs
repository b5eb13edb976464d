using IoTCentral.Core.Devices;
using IoTCentral.Core.Provisioning;
using IoTCentral.Core.Telemetry;
using IoTCentral.Hub.Amqp.Wire;
using IoTCentral.Hub.Devices;
using IoTCentral.Hub.Telemetry;

namespace IoTCentral.Hub.Amqp;

/// <summary>A device's telemetry over AMQP: in order into the store; accepted when it is stored.</summary>
internal sealed class EventIntake(AmqpDevice session, AmqpConnection connection, SignedIn device, ConnectedDevice voice)
    : IDeliverySink
{
    /// <summary>Several messages in one: each data section is a message (contract §5).</summary>
    private const uint BatchFormat = 0x80013700;

    private const int MostCredit = 256;
    private const int MostMessages = 500;

    // The message and what AMQP says around it; the reader judges the 256 KB themselves.
    private const int MostBytes = TelemetryReader.MostBytes + 64 * 1024;

    private readonly TelemetryReader _reader = new(device, null, connection.Time);
    private Task _last = Task.CompletedTask;

    public DateTimeOffset LastReceived
    {
        get => _reader.LastReceived;
        set => _reader.LastReceived = value;
    }

    public bool Open(ReceivingLink link, Action closed) => link.Open(this, MostCredit, MostBytes, closed);

    public void Take(Delivery delivery)
    {
        if (session.IsOver)
        {
            delivery.Release();
            return;
        }

        if (delivery.IsTooLarge)
        {
            TooLarge(delivery);
            return;
        }

        if (IncomingMessage.TryRead(delivery.Bytes) is not { } message || ReadAll(delivery, message) is not { } all)
        {
            delivery.Reject(AmqpErrors.Decode, "It is no AMQP message whose body is data.");
            return;
        }

        var origin = new Origin(delivery, voice, all.Count);
        List<DeviceMessage> messages =
        [
            .. all.Select(m => _reader.Read(m.Body, AmqpProperties.Of(m), origin)).OfType<DeviceMessage>(),
        ];
        if (messages.Count < all.Count)
            TooLarge(delivery);
        else if (messages.Count is 0 or > MostMessages)
            delivery.Reject(AmqpErrors.Argument, $"A batch has 1 to {MostMessages} messages.");
        else
            _last = EnqueueAsync(_last, delivery, messages);
    }

    /// <summary>Null: something in it is no message.</summary>
    private static List<IncomingMessage>? ReadAll(Delivery delivery, IncomingMessage message)
    {
        if (delivery.Format != BatchFormat)
            return message.HasBytes ? [message] : null;
        List<IncomingMessage?> all = [.. message.Parts().Select(p => IncomingMessage.TryRead(p))];
        return all.All(m => m?.HasBytes == true) ? [.. all.OfType<IncomingMessage>()] : null;
    }

    /// <summary>Its own device waits when there is no room or it is over its rate, not those that share its connection.</summary>
    private async Task EnqueueAsync(Task before, Delivery delivery, List<DeviceMessage> messages)
    {
        try
        {
            await before;
            foreach (var message in messages)
            {
                if (session.IsOver)
                {
                    delivery.Release();
                    return;
                }

                await connection.Nodes.Hub.Ingest.EnqueueAsync(message, connection.Ended);
                if (voice.Turn() is var turn && turn > TimeSpan.Zero)
                    await Task.Delay(turn, connection.Time, connection.Ended);
            }
        }
        catch (OperationCanceledException) when (connection.Ended.IsCancellationRequested)
        {
            // nobody waits for an outcome
        }
        catch (Exception e)
        {
            connection.Nodes.Failed(connection, e);
            connection.Close(
                new Closing(ConnectionCode.Failed, "Something went wrong on our side; the server's log says what.")
            );
        }
    }

    private void TooLarge(Delivery delivery)
    {
        const string detail = "It sent a message of more than 256 KB, body and properties together. Send it in parts.";
        session.Log(ConnectionEvent.Refused, (ConnectionCode.TooLarge, detail));
        delivery.Reject(AmqpErrors.MessageSize, detail);
    }

    /// <summary>Waits until all messages of one delivery are stored.</summary>
    private sealed class Origin(Delivery delivery, ConnectedDevice voice, int waiting) : IMessageOrigin
    {
        private int _waiting = waiting;

        public void Stored(DeviceMessage message)
        {
            voice.Stored(message);
            if (Interlocked.Decrement(ref _waiting) == 0)
                delivery.AcceptLater();
        }

        public void Flush() => delivery.Link.Channel.Connection.Output.Signal();
    }
}
