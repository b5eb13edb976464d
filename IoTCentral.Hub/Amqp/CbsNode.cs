using Amqp.Framing;
using IoTCentral.Hub.Amqp.Wire;

namespace IoTCentral.Hub.Amqp;

/// <summary>
/// Claims-based security: a client puts a token for each device it speaks for, and a new one in place of it before it
/// ends (contract §5).
/// </summary>
internal sealed class CbsNode(AmqpConnection connection) : IDeliverySink
{
    private const int MostCredit = 50;
    private const int MostBytes = 16 * 1024;

    private readonly ReplyLinks _replies = new();

    public void Open(AmqpLink link)
    {
        if (link is ReceivingLink requests)
            requests.Open(this, MostCredit, MostBytes);
        else
            _replies.Open((SendingLink)link);
    }

    public void Take(Delivery delivery) => _ = AnswerAsync(delivery);

    private async Task AnswerAsync(Delivery delivery)
    {
        try
        {
            if (!delivery.IsTooLarge && IncomingMessage.TryRead(delivery.Bytes) is { } request)
            {
                var (status, description) = await PutAsync(request);
                delivery.Accept();
                Reply(delivery.Link.Channel, request, status, description);
                return;
            }
        }
        catch (Exception e)
        {
            connection.Nodes.Failed(connection, e);
            delivery.Reject(AmqpErrors.Timeout, AmqpNodes.Unavailable);
            return;
        }

        delivery.Reject(AmqpErrors.Decode, "It is no AMQP message.");
    }

    private async Task<(int Status, string Description)> PutAsync(IncomingMessage request)
    {
        if (request.FindApplication("operation") != "put-token")
            return (400, "The only operation here is 'put-token'.");
        if (request.FindApplication("type")?.EndsWith(":sastoken", StringComparison.OrdinalIgnoreCase) != true)
            return (400, "The only tokens here are shared access signatures ('…:sastoken').");
        if (LinkAddress.ReadAudience(request.FindApplication("name") ?? "") is not var (host, id, module))
            return (400, "The name of a token is its audience: 'host/devices/device-id'.");
        return await connection.Devices.SignInAsync(new(id, module), request.Text, host) is not { } refusal
                ? (200, "OK")
            : refusal.IsOurs ? (429, "Too many wrong keys. Try again later.")
            : (401, "Unauthorized");
    }

    private void Reply(AmqpChannel channel, IncomingMessage request, int status, string description) =>
        _replies
            .Find(channel)
            ?.Send(
                new Outgoing(
                    OutgoingMessage.Encode(
                        m =>
                        {
                            m.Properties = new Properties();
                            m.Properties.SetCorrelationId(request.MessageId);
                            m.ApplicationProperties = new ApplicationProperties
                            {
                                ["status-code"] = status,
                                ["status-description"] = description,
                            };
                        },
                        new AmqpValue { Value = null }
                    )
                )
            );
}
