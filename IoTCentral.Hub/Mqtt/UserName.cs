namespace IoTCentral.Hub.Mqtt;

/// <summary>
/// What the user name of a CONNECT says. Hub: <c>H/{clientId}/?api-version=V[&amp;model-id=…]</c>, its tail optional, the
/// client id being <c>D</c> or <c>D/M</c>.
/// Registration: <c>{idScope}/registrations/{regId}/api-version=V…</c>, without a question mark (contract §2.2, §3.1).
/// </summary>
internal sealed record UserName
{
    /// <summary>Host the device believes to talk to, or ID scope.</summary>
    public required string Authority { get; init; }
    public required string Id { get; init; }
    public required bool IsRegistration { get; init; }

    /// <summary>The module of the device; null: the device itself.</summary>
    public string? ModuleId { get; init; }

    /// <summary>The client id that belongs to it.</summary>
    public string ClientId => ModuleId is null ? Id : $"{Id}/{ModuleId}";

    /// <summary>Plug and Play model it announces; null: none.</summary>
    public string? ModelId { get; init; }

    /// <summary>Null: neither of the two.</summary>
    public static UserName? Read(string text)
    {
        var parts = text.Split('/', 4);
        if (parts.Length < 2 || parts[0].Length == 0 || parts[1].Length == 0)
            return null;
        var isRegistration =
            parts.Length >= 3 && parts[1] == "registrations" && parts[2].Length > 0 && parts[2][0] != '?';
        if (isRegistration)
            return new()
            {
                Authority = parts[0],
                Id = parts[2],
                IsRegistration = true,
            };
        var query = text.IndexOf("/?", StringComparison.Ordinal);
        return new()
        {
            Authority = parts[0],
            Id = parts[1],
            IsRegistration = false,
            ModuleId = parts.Length >= 3 && parts[2].Length > 0 && parts[2][0] != '?' ? parts[2] : null,
            ModelId = query < 0 ? null : ModelIdOf(text[(query + 2)..]),
        };
    }

    /// <summary>What program it is: of the hub's user name, and of a registration's; null: it does not say.</summary>
    public static string? FindClient(string? text) =>
        text is null ? null : Find(text, "DeviceClientType=") ?? Find(text, "ClientVersion=");

    private static string? ModelIdOf(string query) => Find(query, "model-id=");

    private static string? Find(string text, string key)
    {
        // the first one may follow the path
        var pair = Array.Find(text.Split('&', '?'), p => p.StartsWith(key, StringComparison.Ordinal));
        // Node sends it as it is, the others percent-encoded: decoding is right for both.
        return pair is null || pair.Length == key.Length ? null : Uri.UnescapeDataString(pair[key.Length..]);
    }
}
