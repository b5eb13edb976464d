using IoTCentral.Core.Common;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Provisioning;

/// <summary>Wraps and unwraps enrollment keys, each bound to the row it lies in.</summary>
public sealed class KeyBox(ISecretBox secrets)
{
    public WrappedKeys Wrap(KeyPair keys, string place) =>
        new(
            secrets.Wrap(Bytes(keys.Primary, "primaryKey"), $"{place}/primary"),
            secrets.Wrap(Bytes(keys.Secondary, "secondaryKey"), $"{place}/secondary")
        );

    /// <summary>The bytes of the keys, primary first.</summary>
    public (byte[] Primary, byte[] Secondary) Open(WrappedKeys keys, string place) =>
        (secrets.Unwrap(keys.Primary, $"{place}/primary"), secrets.Unwrap(keys.Secondary, $"{place}/secondary"));

    public KeyPair Unwrap(WrappedKeys keys, string place)
    {
        var (primary, secondary) = Open(keys, place);
        return new(Convert.ToBase64String(primary), Convert.ToBase64String(secondary));
    }

    public static string PlaceOfGroup(TenantId tenant, string id) => $"enrollment-group/{tenant}/{id}";

    public static string PlaceOfIndividual(TenantId tenant, string registrationId) =>
        $"individual-enrollment/{tenant}/{registrationId}";

    public static string PlaceOfModule(TenantId tenant, long deviceKey, string id) =>
        $"module/{tenant}/{deviceKey}/{id}";

    private static byte[] Bytes(string key, string field) =>
        DeviceKey.IsLegal(key)
            ? Convert.FromBase64String(key)
            : throw new InvalidRequestException(
                "enrollment.invalid",
                [new Fault(field, "A key is base64 text of 16 to 64 bytes.")]
            );
}
