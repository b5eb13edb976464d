using System.Globalization;
using System.Text;
using Amqp.Framing;
using Amqp.Types;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Provisioning;
using IoTCentral.Hub.Amqp.Wire;
using IoTCentral.Hub.Devices;
using IoTCentral.Hub.Provisioning;

namespace IoTCentral.Hub.Amqp;

/// <summary>Somebody who registers over AMQP (contract §3.3): asks by one link, is answered by the other.</summary>
internal sealed class AmqpRegistration(AmqpConnection connection) : IDeliverySink
{
    private const int MostCredit = 5;
    private const int MostBytes = 64 * 1024;
    private const string RetryAfter = "retry-after";

    private readonly ReplyLinks _answers = new();
    private (Registrant Who, string IdScope)? _registrant;
    private bool _isRefused;
    private Task _last = Task.CompletedTask;
    private Task _opening = Task.CompletedTask;

    public bool HadAny => _registrant is not null;

    /// <summary>The connection ends with it.</summary>
    public DateTimeOffset TokenEnds => _registrant?.Who.TokenEnds ?? DateTimeOffset.MaxValue;

    private HubServices Hub => connection.Nodes.Hub;
    private Origin From => connection.Origin.ToRegister(_registrant?.Who.Proof ?? "");

    /// <summary>False: it may not, which is logged.</summary>
    public async Task<bool> SignInAsync(string idScope, string id, string password)
    {
        var result = await connection.Nodes.Registrants.CheckAsync(
            new RegistrantRequest
            {
                IdScope = idScope,
                RegistrationId = id,
                Password = password,
                Certificate = connection.Certificate,
                Address = connection.Address,
            },
            connection.Ended
        );
        if (result.Registrant is { } registrant)
            _registrant = (registrant, idScope);
        else
            Hub.Log.Refused(result.Refusal!, id, idScope, From);
        return result.Registrant is not null;
    }

    /// <summary>Opens a link of who signed in, by its certificate at the latest now, or refuses it.</summary>
    public async Task OpenAsync(AmqpLink link)
    {
        var address = link.Address!;
        connection.Note(link);
        var before = _opening;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _opening = done.Task;
        try
        {
            await before;
            // Node's SDK attaches its other link on its way out; told no there too it waits half a minute for nothing
            if (_isRefused)
                return;
            if (_registrant is null && connection.Certificate is not null)
                await SignInAsync(address.IdScope!, address.Id, password: "");
        }
        finally
        {
            done.SetResult();
        }

        Open(link, address);
    }

    private void Open(AmqpLink link, LinkAddress address)
    {
        if (
            _registrant is not var (who, scope)
            || address.IdScope != scope
            || !string.Equals(address.Id, who.RegistrationId, StringComparison.OrdinalIgnoreCase)
        )
        {
            link.Refuse(AmqpErrors.Unauthorized, NotAllowed(address));
            _isRefused = _registrant is null;
            return;
        }

        if (link is ReceivingLink requests)
            requests.Open(this, MostCredit, MostBytes);
        else
            _answers.Open((SendingLink)link);
    }

    private string NotAllowed(LinkAddress address) =>
        _registrant is var (who, scope)
            ? $"This connection signed in as '{scope}/registrations/{who.RegistrationId}', so it may not register '{address.IdScope}/registrations/{address.Id}'. Sign in with that one's key on a connection of its own."
            : $"'{address.IdScope}/registrations/{address.Id}' has not signed in on this connection. Sign in by SASL PLAIN with 'id-scope/registrations/id' and its token, or show its certificate; if it was refused, the connection log says why.";

    public void Take(Delivery delivery)
    {
        if (delivery.IsTooLarge || IncomingMessage.TryRead(delivery.Bytes) is not { } request)
            delivery.Reject(AmqpErrors.Decode, "It is no AMQP message, or longer than 64 KB.");
        else
            _last = AnswerAsync(_last, delivery, request);
    }

    private async Task AnswerAsync(Task before, Delivery delivery, IncomingMessage request)
    {
        await before;
        RegistrationAnswer answer;
        try
        {
            answer = await AskAsync(request);
        }
        catch (Exception e)
        {
            connection.Nodes.Failed(connection, e);
            answer = RegistrationAnswer.Unavailable(Now);
        }

        if (answer.IsRefusal)
        {
            delivery.Reject(ErrorOf(answer));
            return;
        }

        delivery.Accept();
        _answers
            .Find(delivery.Link.Channel)
            ?.Send(
                new Outgoing(
                    OutgoingMessage.Encode(
                        m =>
                        {
                            m.Properties = new Properties();
                            if (request.CorrelationId is { } correlation)
                                m.Properties.SetCorrelationId(correlation);
                            if (answer.RetryAfter is { } seconds)
                                m.ApplicationProperties = new ApplicationProperties
                                {
                                    [RetryAfter] = seconds.ToString(CultureInfo.InvariantCulture),
                                };
                        },
                        answer.Json
                    )
                )
            );
    }

    private async Task<RegistrationAnswer> AskAsync(IncomingMessage request)
    {
        var desk = new RegistrationDesk(Hub, _registrant!.Value.Who, From);
        return request.FindApplication("iotdps-operation-type") switch
        {
            "iotdps-register" => await desk.RegisterAsync(request.Body, connection.Ended),
            "iotdps-get-operationstatus" => await desk.FindAsync(
                request.FindApplication("iotdps-operation-id") ?? "",
                connection.Ended
            ),
            "iotdps-get-registration" => await desk.FindAsync(null, connection.Ended),
            _ => RegistrationAnswer.Malformed(
                "The operation is 'iotdps-register' or 'iotdps-get-operationstatus'.",
                Now
            ),
        };
    }

    private DateTimeOffset Now => connection.Time.GetUtcNow();

    /// <summary>SDKs read the JSON in the description, or the condition; and how long to wait.</summary>
    private Error ErrorOf(RegistrationAnswer answer)
    {
        var error = AmqpErrors.Of(
            answer.Status switch
            {
                400 => AmqpErrors.Argument,
                401 or 403 => AmqpErrors.Unauthorized,
                404 => AmqpErrors.NotFound,
                429 => AmqpErrors.Throttled,
                >= 500 => AmqpErrors.Internal,
                _ => AmqpErrors.NotAllowed,
            },
            Encoding.UTF8.GetString(answer.Json),
            Now
        );
        if (answer.RetryAfter is { } seconds)
            error.Info[new Symbol(RetryAfter)] = seconds.ToString(CultureInfo.InvariantCulture);
        return error;
    }
}
