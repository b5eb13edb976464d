using System.Globalization;
using System.Net;
using System.Text;
using Amqp.Framing;
using Amqp.Types;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Provisioning;
using IoTCentral.Hub.Amqp.Wire;
using IoTCentral.Hub.Devices;
using IoTCentral.Hub.Provisioning;
using IoTCentral.Hub.Twins;

namespace IoTCentral.Hub.Amqp;

/// <summary>Somebody who registers over AMQP (contract §3.3): asks by one link, is answered by the other.</summary>
internal sealed class AmqpRegistration(AmqpConnection connection) : IDeliverySink
{
    private const int MostCredit = 5;
    private const int MostBytes = 64 * 1024;
    private const int RetryAfterSeconds = 5;

    private (Registrant Who, string IdScope)? _registrant;
    private SendingLink? _answers;
    private Task _last = Task.CompletedTask;
    private Task _opening = Task.CompletedTask;

    public bool HadAny => _registrant is not null;

    /// <summary>The connection ends with it.</summary>
    public DateTimeOffset TokenEnds => _registrant?.Who.TokenEnds ?? DateTimeOffset.MaxValue;

    private HubServices Hub => connection.Nodes.Hub;
    private (IPAddress, string) From => (connection.Address, $"DPS over {connection.Protocol}");

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
        var before = _opening;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _opening = done.Task;
        try
        {
            await before;
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
            link.Refuse(AmqpErrors.Unauthorized, "Nobody signed in on this connection may register under this id.");
            return;
        }

        if (link is ReceivingLink requests)
        {
            requests.Open(this, MostCredit, MostBytes);
            return;
        }

        _answers = (SendingLink)link;
        _answers.Open();
    }

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
        RegistrationResult result;
        try
        {
            result = await AskAsync(request);
        }
        catch (Exception e)
        {
            connection.Nodes.Failed(connection, e);
            result = new(null, 503, 503001, AmqpNodes.Unavailable);
        }

        if (result.Registration is not { } registration)
        {
            delivery.Reject(ErrorOf(result));
            return;
        }

        delivery.Accept();
        _answers?.Send(
            new Outgoing(
                OutgoingMessage.Encode(
                    m =>
                    {
                        m.Properties = new Properties();
                        if (request.CorrelationId is { } correlation)
                            m.Properties.SetCorrelationId(correlation);
                        if (registration.IsWaiting)
                            m.ApplicationProperties = new ApplicationProperties
                            {
                                ["retry-after"] = RegistrationBody.AskAgainAfter.ToString(CultureInfo.InvariantCulture),
                            };
                    },
                    RegistrationBody.Of(registration)
                )
            )
        );
    }

    private async Task<RegistrationResult> AskAsync(IncomingMessage request)
    {
        var who = _registrant!.Value.Who;
        switch (request.FindApplication("iotdps-operation-type"))
        {
            case "iotdps-register":
                if (!RegisterBody.TryRead(request.Body, who.RegistrationId, out var payload, out var fault))
                    return new(null, 400, 400004, fault);
                var result = await Hub.Provisioner.RegisterAsync(who, payload, connection.Ended);
                Hub.Log.Registered(who, result, From);
                return result;
            case "iotdps-get-operationstatus":
                var operation = request.FindApplication("iotdps-operation-id") ?? "";
                return await Hub.Provisioner.FindAsync(who, operation, connection.Ended);
            case "iotdps-get-registration":
                return await Hub.Provisioner.FindAsync(who, null, connection.Ended);
            default:
                return new(null, 400, 400004, "The operation is 'iotdps-register' or 'iotdps-get-operationstatus'.");
        }
    }

    /// <summary>SDKs read the JSON in the description, or the condition; and how long to wait.</summary>
    private Error ErrorOf(RegistrationResult result)
    {
        var now = connection.Time.GetUtcNow();
        var json = Encoding.UTF8.GetString(ErrorBody.Of(result.ErrorCode, result.Message, now));
        var error = AmqpErrors.Of(
            result.Status switch
            {
                400 => AmqpErrors.Argument,
                401 or 403 => AmqpErrors.Unauthorized,
                404 => AmqpErrors.NotFound,
                429 => AmqpErrors.Throttled,
                >= 500 => AmqpErrors.Internal,
                _ => AmqpErrors.NotAllowed,
            },
            json,
            now
        );
        if (result.Status >= 429)
            error.Info[new Symbol("retry-after")] = RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        return error;
    }
}
