using System.Globalization;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Provisioning;
using IoTCentral.Hub.Devices;
using IoTCentral.Hub.Doors;
using IoTCentral.Hub.Security;
using IoTCentral.Hub.Twins;
using Microsoft.AspNetCore.Http;

namespace IoTCentral.Hub.Provisioning;

/// <summary>Registering by HTTPS (contract §3.2): the same questions and answers as over MQTT.</summary>
internal sealed class HttpRegistration(RegistrantCheck registrants, HubServices hub)
{
    private const int MostBytes = 64 * 1024;
    private const string Protocol = "DPS over HTTPS";

    public async Task RegisterAsync(HttpContext context, string idScope, string id)
    {
        if (await context.ReadBodyAsync(MostBytes) is not { } body)
        {
            await WriteAsync(context, 400, Error(400004, "The body is too large."));
            return;
        }

        if (
            context.Request.Headers.Authorization.Count == 0
            && ClientCertificates.Of(context) is null
            && RegisterBody.IsTpm(body)
        )
        {
            await RefuseTpmAsync(context, idScope, id);
            return;
        }

        if (await SignInAsync(context, idScope, id) is not { } registrant)
            return;

        if (!RegisterBody.TryRead(body, registrant.RegistrationId, out var payload, out var fault))
        {
            await WriteAsync(context, 400, Error(400004, fault));
            return;
        }

        var result = await hub.Provisioner.RegisterAsync(registrant, payload, context.RequestAborted);
        hub.Log.Registered(registrant, result, (context.AddressOf(), Protocol));
        await AnswerAsync(context, result);
    }

    /// <param name="operationId">Null: whatever came of it.</param>
    public async Task FindAsync(HttpContext context, (string IdScope, string Id) who, string? operationId)
    {
        if (await SignInAsync(context, who.IdScope, who.Id) is not { } registrant)
            return;
        await AnswerAsync(context, await hub.Provisioner.FindAsync(registrant, operationId, context.RequestAborted));
    }

    private async Task<Registrant?> SignInAsync(HttpContext context, string idScope, string id)
    {
        var address = context.AddressOf();
        var result = await registrants.CheckAsync(
            new RegistrantRequest
            {
                IdScope = idScope,
                RegistrationId = id,
                Password = context.Request.Headers.Authorization.ToString(),
                Certificate = ClientCertificates.Of(context),
                Address = address,
            },
            context.RequestAborted
        );
        if (result.Registrant is { } registrant)
            return registrant;
        var refusal = result.Refusal!;
        hub.Log.Refused(refusal, id, idScope, (address, Protocol));
        var (status, code) = refusal switch
        {
            { IsOurs: true } => (429, 429001),
            { Code: ConnectionCode.UnknownScope } => (404, 404201),
            _ => (401, 401002),
        };
        await WriteAsync(context, status, Error(code, status == 404 ? "The ID scope is unknown." : "Unauthorized"));
        return null;
    }

    private Task AnswerAsync(HttpContext context, RegistrationResult result)
    {
        if (result.Registration is not { } registration)
            return WriteAsync(context, result.Status, Error(result.ErrorCode, result.Message));
        if (registration.IsWaiting)
            context.Response.Headers.RetryAfter = RegistrationBody.AskAgainAfter.ToString(CultureInfo.InvariantCulture);
        return WriteAsync(context, RegistrationBody.StatusOf(registration), RegistrationBody.Of(registration));
    }

    /// <summary>Instead of a nonce that nothing would come of.</summary>
    private async Task RefuseTpmAsync(HttpContext context, string idScope, string id)
    {
        const string detail =
            "It wants to attest by TPM, which this hub does not offer. Enrol it with a key or a certificate; a certificate's private key may lie in the TPM.";
        hub.Log.Stranger(ConnectionCode.TpmRefused, detail, context.AddressOf(), id, idScope);
        await WriteAsync(context, StatusCodes.Status401Unauthorized, Error(401002, detail));
    }

    private byte[] Error(int code, string message) => ErrorBody.Of(code, message, hub.Time.GetUtcNow());

    private static async Task WriteAsync(HttpContext context, int status, byte[] json)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.Body.WriteAsync(json, context.RequestAborted);
    }
}
