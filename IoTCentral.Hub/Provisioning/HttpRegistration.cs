using System.Globalization;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Provisioning;
using IoTCentral.Hub.Devices;
using IoTCentral.Hub.Doors;
using IoTCentral.Hub.Security;
using Microsoft.AspNetCore.Http;

namespace IoTCentral.Hub.Provisioning;

/// <summary>Registering by HTTPS (contract §3.2): the same questions and answers as over MQTT.</summary>
internal sealed class HttpRegistration(RegistrantCheck registrants, HubServices hub)
{
    private const int MostBytes = 64 * 1024;

    public async Task RegisterAsync(HttpContext context, string idScope, string id)
    {
        if (await context.ReadBodyAsync(MostBytes) is not { } body)
        {
            await WriteAsync(context, RegistrationAnswer.Malformed("The body is too large.", Now));
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

        if (await SignInAsync(context, idScope, id) is { } desk)
            await WriteAsync(context, await desk.RegisterAsync(body, context.RequestAborted));
    }

    /// <param name="operationId">Null: whatever came of it.</param>
    public async Task FindAsync(HttpContext context, (string IdScope, string Id) who, string? operationId)
    {
        if (await SignInAsync(context, who.IdScope, who.Id) is { } desk)
            await WriteAsync(context, await desk.FindAsync(operationId, context.RequestAborted));
    }

    private async Task<RegistrationDesk?> SignInAsync(HttpContext context, string idScope, string id)
    {
        var from = context.OriginOf().ToRegister();
        var result = await registrants.CheckAsync(
            new RegistrantRequest
            {
                IdScope = idScope,
                RegistrationId = id,
                Password = context.Request.Headers.Authorization.ToString(),
                Certificate = ClientCertificates.Of(context),
                Address = from.Address,
            },
            context.RequestAborted
        );
        if (result.Registrant is { } registrant)
            return new RegistrationDesk(hub, registrant, from.By(registrant.Proof));
        var refusal = result.Refusal!;
        hub.Log.Refused(refusal, id, idScope, from);
        var (status, code) = refusal switch
        {
            { IsOurs: true } => (429, 429001),
            { Code: ConnectionCode.UnknownScope } => (404, 404201),
            _ => (401, 401002),
        };
        var message = status == 404 ? "The ID scope is unknown." : "Unauthorized";
        await WriteAsync(context, RegistrationAnswer.Refusal(status, code, message, Now));
        return null;
    }

    /// <summary>Instead of a nonce that nothing would come of.</summary>
    private async Task RefuseTpmAsync(HttpContext context, string idScope, string id)
    {
        const string detail =
            "It wants to attest by TPM, which this hub does not offer. Enrol it with a key or a certificate; a certificate's private key may lie in the TPM.";
        hub.Log.Stranger(ConnectionCode.TpmRefused, detail, context.OriginOf().ToRegister(), id, idScope);
        await WriteAsync(context, RegistrationAnswer.Refusal(401, 401002, detail, Now));
    }

    private DateTimeOffset Now => hub.Time.GetUtcNow();

    private static async Task WriteAsync(HttpContext context, RegistrationAnswer answer)
    {
        if (answer.RetryAfter is { } seconds)
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        context.Response.StatusCode = answer.Status;
        if (answer.Status == StatusCodes.Status400BadRequest)
            context.Response.Headers.Connection = "close"; // as HubErrors has it
        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.Body.WriteAsync(answer.Json, context.RequestAborted);
    }
}
