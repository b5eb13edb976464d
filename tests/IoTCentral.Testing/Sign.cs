using System.Security.Cryptography;
using System.Text;
using IoTCentral.Core.Provisioning;

namespace IoTCentral.Testing;

/// <summary>What a CONNECT of a device carries.</summary>
internal sealed record Login(string ClientId, string UserName, string Password);

/// <summary>Makes credentials as the SDKs do.</summary>
internal static class Sign
{
    public static Login Hub(Credentials device, string? host = null, DateTimeOffset? until = null)
    {
        host ??= "hub.example.com";
        return new(
            device.DeviceId,
            $"{host}/{device.DeviceId}/?api-version=2021-04-12&DeviceClientType=test",
            Token($"{host}/devices/{device.DeviceId}", device.Keys.Primary, until)
        );
    }

    public static Login Hub(ModuleCredentials module)
    {
        const string host = "hub.example.com";
        var (device, name) = module.Id;
        return new(
            $"{device}/{name}",
            $"{host}/{device}/{name}/?api-version=2021-04-12",
            Token($"{host}/devices/{device}/modules/{name}", module.Keys.Primary)
        );
    }

    public static Login Dps(string idScope, string registrationId, string key, DateTimeOffset? until = null) =>
        new(
            registrationId,
            $"{idScope}/registrations/{registrationId}/api-version=2019-03-31&ClientVersion=test",
            Token($"{idScope}/registrations/{registrationId}", key, until) + "&skn=registration"
        );

    /// <summary>A device whose certificate says who it is.</summary>
    public static Login Certified(string id) => new(id, $"hub.example.com/{id}/?api-version=2021-04-12", "");

    /// <summary>The same, registering.</summary>
    public static Login CertifiedDps(string idScope, string registrationId) =>
        new(registrationId, $"{idScope}/registrations/{registrationId}/api-version=2019-03-31&ClientVersion=test", "");

    /// <param name="encode">How the resource is spelled in the token.</param>
    public static string Token(
        string resource,
        string key,
        DateTimeOffset? until = null,
        Func<string, string>? encode = null
    )
    {
        var sr = (encode ?? Uri.EscapeDataString)(resource);
        var se = (until ?? TimeProvider.System.GetUtcNow().AddHours(1)).ToUnixTimeSeconds();
        return $"SharedAccessSignature sr={sr}&sig={Uri.EscapeDataString(Mac(key, $"{sr}\n{se}"))}&se={se}";
    }

    public static string Mac(string key, string text) =>
        Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(key), Encoding.UTF8.GetBytes(text)));
}
