package mes;

import java.util.Map;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.oauth2.client.oidc.web.logout.OidcClientInitiatedLogoutSuccessHandler;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.registration.ClientRegistrations;
import org.springframework.security.oauth2.client.registration.InMemoryClientRegistrationRepository;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** A module in one file: people sign in with MES, see who they are, and sign out of everything. */
@SpringBootApplication
@RestController
public class Example {
    public static void main(String[] arguments) {
        SpringApplication.run(Example.class, arguments);
    }

    @Bean
    ClientRegistrationRepository clients(
            @Value("${ISSUER}") String issuer,
            @Value("${CLIENT_ID}") String id,
            @Value("${CLIENT_SECRET}") String secret) {
        ClientRegistration mes = ClientRegistrations.fromIssuerLocation(issuer) // reads everything else from discovery
                .registrationId("mes")
                .clientId(id)
                .clientSecret(secret)
                .scope("openid", "profile", "email")
                .redirectUri("{baseUrl}/callback")
                // MES demands PKCE of everybody; Spring sends it for a client with a secret only when asked.
                .clientSettings(ClientRegistration.ClientSettings.builder().requireProofKey(true).build())
                .build();
        return new InMemoryClientRegistrationRepository(mes);
    }

    @Bean
    SecurityFilterChain security(HttpSecurity http, ClientRegistrationRepository clients) throws Exception {
        var everywhere = new OidcClientInitiatedLogoutSuccessHandler(clients); // RP-initiated logout
        everywhere.setPostLogoutRedirectUri("{baseUrl}/signed-out");
        return http
                .authorizeHttpRequests(rules -> rules
                        .requestMatchers("/signed-out").permitAll()
                        .anyRequest().authenticated())
                .oauth2Login(login -> login.redirectionEndpoint(callback -> callback.baseUri("/callback")))
                .oidcLogout(logout -> logout.backChannel(Customizer.withDefaults())) // /logout/connect/back-channel/mes
                .logout(logout -> logout.logoutSuccessHandler(everywhere))
                .build();
    }

    @GetMapping("/")
    ResponseEntity<Map<String, String>> home(@AuthenticationPrincipal OidcUser person) {
        return json(Map.of(
                "name", person.getFullName(),
                "email", person.getEmail(),
                "acr", person.getClaimAsString("acr")));
    }

    @GetMapping("/signed-out")
    ResponseEntity<Map<String, String>> signedOut() {
        return json(Map.of("signed", "out"));
    }

    private static ResponseEntity<Map<String, String>> json(Map<String, String> body) {
        return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(body);
    }
}
