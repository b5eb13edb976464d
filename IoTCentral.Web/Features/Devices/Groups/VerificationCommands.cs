namespace IoTCentral.Web.Features.Devices.Groups;

/// <summary>Commands that make the certificate which verifies an authority.</summary>
internal static class VerificationCommands
{
    public static string Of(string code) =>
        $"""
            # ca.pem: the certificate below
            # ca.key: its private key, which stays with you
            openssl req -new -newkey rsa:2048 -nodes -keyout proof.key \
              -out proof.csr -subj '/CN={code}'
            openssl x509 -req -in proof.csr -CA ca.pem -CAkey ca.key -CAcreateserial \
              -days 2 -sha256 -out proof.pem
            """;
}
