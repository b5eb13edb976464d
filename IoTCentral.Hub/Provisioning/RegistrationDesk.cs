using IoTCentral.Core.Provisioning;
using IoTCentral.Hub.Devices;
using IoTCentral.Hub.Twins;

namespace IoTCentral.Hub.Provisioning;

/// <summary>What somebody who may register asks, and is told, by whichever protocol it came (contract §3).</summary>
internal sealed class RegistrationDesk(HubServices hub, Registrant who, Origin from)
{
    public async Task<RegistrationAnswer> RegisterAsync(byte[] body, CancellationToken ct)
    {
        if (!RegisterBody.TryRead(body, who.RegistrationId, out var payload, out var fault))
            return RegistrationAnswer.Malformed(fault, Now);
        var result = await hub.Provisioner.RegisterAsync(who, payload, ct);
        hub.Log.Registered(who, result, from);
        return RegistrationAnswer.Of(result, Now);
    }

    /// <param name="operationId">Null: whatever came of it.</param>
    public async Task<RegistrationAnswer> FindAsync(string? operationId, CancellationToken ct) =>
        RegistrationAnswer.Of(await hub.Provisioner.FindAsync(who, operationId, ct), Now);

    private DateTimeOffset Now => hub.Time.GetUtcNow();
}

/// <summary>What somebody who registers is told.</summary>
/// <param name="Status">As over HTTPS.</param>
/// <param name="RetryAfter">Seconds after which to ask again; null: not at all.</param>
internal sealed record RegistrationAnswer(int Status, byte[] Json, int? RetryAfter)
{
    private const int RetryAfterTrouble = 5;

    public bool IsRefusal => Status >= 300;

    public static RegistrationAnswer Of(RegistrationResult result, DateTimeOffset now) =>
        result.Registration is { } registration
            ? new(
                registration.IsWaiting ? 202 : 200,
                RegistrationBody.Of(registration),
                registration.IsWaiting ? RegistrationBody.AskAgainAfter : null
            )
            : Refusal(result.Status, result.ErrorCode, result.Message, now);

    /// <summary>From 429 on SDKs ask again by themselves.</summary>
    public static RegistrationAnswer Refusal(int status, int errorCode, string message, DateTimeOffset now) =>
        new(status, ErrorBody.Of(errorCode, message, now), status >= 429 ? RetryAfterTrouble : null);

    public static RegistrationAnswer Malformed(string fault, DateTimeOffset now) => Refusal(400, 400004, fault, now);

    public static RegistrationAnswer Unavailable(DateTimeOffset now) =>
        Refusal(503, 503001, "Storage cannot be reached at the moment. Ask again shortly.", now);
}
