using System.Globalization;
using Amqp.Framing;
using Amqp.Types;
using IoTCentral.Hub.Amqp.Wire;
using IoTCentral.Hub.Twins;

namespace IoTCentral.Hub.Amqp;

/// <summary>A device's twin over a pair of links: requests come by one, answers and desired patches go by the other.</summary>
internal sealed class AmqpTwin(AmqpConnection connection, TwinDesk desk) : IDeliverySink
{
    private const int MostCredit = 20;
    private const int MostBytes = 256 * 1024;
    private const string Desired = "/notifications/twin/properties/desired";
    private const string Reported = "/properties/reported";

    private SendingLink? _link;
    private volatile bool _isSubscribed;
    private Task _last = Task.CompletedTask;

    /// <summary>Answers go by this link.</summary>
    public bool Open(SendingLink link, Action closed)
    {
        Interlocked.Exchange(ref _link, link)?.Replaced();
        return link.Open(() =>
        {
            // Whoever attaches anew subscribes anew.
            if (Interlocked.CompareExchange(ref _link, null, link) == link)
                _isSubscribed = false;
            closed();
        });
    }

    /// <summary>Requests come by this link.</summary>
    public bool Open(ReceivingLink link, Action closed) => link.Open(this, MostCredit, MostBytes, closed);

    /// <summary>Sends a desired patch, if the device has subscribed to them; it has no correlation id (contract §5).</summary>
    public bool PushDesired(ReadOnlyMemory<byte> patch, long version) =>
        _isSubscribed
        && Volatile
            .Read(ref _link)
            ?.Send(
                new Outgoing(
                    OutgoingMessage.Encode(
                        m =>
                            m.MessageAnnotations = new MessageAnnotations
                            {
                                [new Symbol("resource")] = Desired,
                                [new Symbol("version")] = version,
                            },
                        patch
                    )
                )
            ) == true;

    public void Take(Delivery delivery)
    {
        if (delivery.IsTooLarge || IncomingMessage.TryRead(delivery.Bytes) is not { } request)
            delivery.Reject(AmqpErrors.Decode, "It is no request to a twin, or longer than 256 KB.");
        else
            _last = AnswerAsync(_last, delivery, request);
    }

    private async Task AnswerAsync(Task before, Delivery delivery, IncomingMessage request)
    {
        await before;
        TwinReply reply;
        try
        {
            reply = await AnswerAsync(request);
        }
        catch (Exception e)
        {
            connection.Nodes.Failed(connection, e);
            reply = desk.Unavailable();
        }

        delivery.Accept();
        Volatile.Read(ref _link)?.Send(new Outgoing(Encode(request, reply)));
    }

    private async Task<TwinReply> AnswerAsync(IncomingMessage request)
    {
        var resource = IncomingMessage.TextOf(request.FindAnnotation("resource"));
        switch (IncomingMessage.TextOf(request.FindAnnotation("operation")))
        {
            case "GET":
                return await desk.GetAsync(connection.Ended);
            case "PATCH" when resource is null or Reported:
                return await desk.ReportAsync(request.Body, VersionOf(request), connection.Ended);
            case "PUT" when resource == Desired:
                _isSubscribed = true;
                return new TwinReply(200, null, []);
            case "DELETE" when resource == Desired:
                _isSubscribed = false;
                return new TwinReply(200, null, []);
            default:
                return desk.Refuse(400, "A twin is asked by GET, PATCH, PUT or DELETE, each of its own resource.");
        }
    }

    private static long? VersionOf(IncomingMessage request) =>
        long.TryParse(
            IncomingMessage.TextOf(request.FindAnnotation("version")),
            CultureInfo.InvariantCulture,
            out var version
        )
            ? version
            : null;

    private static byte[] Encode(IncomingMessage request, TwinReply reply) =>
        OutgoingMessage.Encode(
            m =>
            {
                m.Properties = new Properties();
                if (request.CorrelationId is { } correlation)
                    m.Properties.SetCorrelationId(correlation);
                m.MessageAnnotations = new MessageAnnotations { [new Symbol("status")] = reply.Status };
                if (IncomingMessage.TextOf(request.FindAnnotation("resource")) is { } resource)
                    m.MessageAnnotations[new Symbol("resource")] = resource;
                if (reply.Version is { } version)
                    m.MessageAnnotations[new Symbol("version")] = version;
            },
            reply.Body
        );
}
